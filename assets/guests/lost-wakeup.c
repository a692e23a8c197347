/* A wake-up that comes too early: a worker looks whether there is a job, finds none and goes to sleep on a word; between
 * the two the job comes, and so does the wake-up. A futex keeps no wake-ups.
 *
 * What to watch: where the worker stands when FUTEX_WAKE is called, and what it sleeps in afterwards.
 *
 * Usage: lost-wakeup [ring|late|eventfd]
 *   ring     cure: the word is changed before the wake-up    late  no cure: the wake-up comes 100 ms later
 *   eventfd  cure: an eventfd in place of the word */
#include "linux.h"

static _Atomic uint32_t job, bell;
static int ring, late, counter;

static void work(void *argument) {
    uint64_t sum;
    (void)argument;
    for (;;) {
        uint32_t heard = bell;
        if (job) break;
        if (counter)
            read(counter, &sum, 8);
        else
            futex(&bell,
                  FUTEX_WAIT, heard);
    }
    print("worker: got the job\n");
}

static void give_job(void) {
    uint64_t one = 1;
    job = 1;
    if (ring) bell++;
    if (counter) {
        write(counter, &one, 8);
        return;
    }
    futex(&bell, FUTEX_WAKE, 1);
}

int guest_main(int argc, char **argv) {
    static thread worker;
    const char *word = argc > 1 ? argv[1] : "";
    ring = strcmp(word, "ring") == 0;
    late = strcmp(word, "late") == 0;
    if (strcmp(word, "eventfd") == 0)
        counter = eventfd(0, 0);

    thread_start(&worker, work, 0);
    print("main: here comes a job\n");
    if (late) sleep_ms(100);
    give_job();
    thread_join(&worker);
    print("main: the worker is done\n");
    return 0;
}
