/* A thread that sleeps a millisecond and looks, instead of waiting.
 *
 * fire: the worker waits for a variable with sleeps of 1 ms, several hundred a second, for 4 s. To look at: the sleeps
 * in `wait_for_flag`, and no other call between them.
 *
 * guard: a paced sender sleeps 3 ms some 300 times a second, but sends a piece behind each sleep. Another thread waits
 * with sleeps that double, from 1 ms to half a second.
 *
 * Usage: sleep-loop fire|guard */
#include "lint.h"

static int ends[2];
static volatile int is_done;

ON_STACK static void wait_for_flag(void) {
    while (!is_done) sleep_ms(1);
}

static void worker(void *argument) {
    (void)argument;
    wait_for_flag();
}

static void fire(void) {
    static os_thread thread;
    start(&thread, worker);
    idle_until(FIRE_MS);
    is_done = 1;
    os_thread_join(&thread);
}

/* ---- */

static void paced_sender(void *argument) {
    (void)argument;
    while (elapsed_ms() < GUARD_MS) {
        put(ends[1], "piece", 5);
        sleep_ms(3);
    }
    os_close(ends[1]);
    is_done = 1;
}

ON_STACK static void wait_with_backoff(void) {
    for (uint64_t pause = 1; !is_done; pause = pause < 256 ? pause * 2 : 500) sleep_ms(pause);
}

static void patient_worker(void *argument) {
    (void)argument;
    wait_with_backoff();
}

static void guard(void) {
    static os_thread threads[2];
    char piece[64];
    require(os_pipe(ends), "pipe");
    start(&threads[0], paced_sender);
    start(&threads[1], patient_worker);
    while (require(os_read(ends[0], piece, sizeof piece), "read") > 0) {}
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
}
