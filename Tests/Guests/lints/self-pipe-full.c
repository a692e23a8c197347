/* A thread that writes to a full pipe only it reads.
 *
 * fire: the dispatcher takes jobs of 4 KiB from a pipe, and each job posts two more into the same pipe. After some
 * twenty jobs the pipe is full: the write waits for a reader, and the only reader is the writer. The main thread
 * sleeps half a second at a time. To look at: the write in `post_job`, in a thread that is also the only one that ever
 * read the pipe.
 * also: wait-cycle (a circle of one)
 *
 * guard: a write stands for 1.3 s before a full pipe, while its reader, another thread, works on a job and sleeps.
 *
 * Usage: self-pipe-full fire|guard */
#include "lint.h"

enum { JOB = 4096 };

static int ends[2];

ON_STACK static void post_job(void) {
    static const char job[JOB];
    put(ends[1], job, sizeof job);
}

/* Whether there was one. */
ON_STACK static int take_job(void) {
    char job[JOB];
    return require(os_read(ends[0], job, sizeof job), "read") > 0;
}

static void dispatcher(void *argument) {
    (void)argument;
    while (take_job())
        for (int i = 0; i < 2; i++) post_job();
}

static void fire(void) {
    static os_thread thread;
    require(os_pipe(ends), "pipe");
    post_job();
    start(&thread, dispatcher);
    idle_for_ever();
}

/* ---- */

static void writer(void *argument) {
    (void)argument;
    while (elapsed_ms() < 2600) post_job();
    os_close(ends[1]);
}

static void slow_reader(void *argument) {
    (void)argument;
    for (int number = 0; take_job(); number++) {
        if (number % 24 == 1 && elapsed_ms() < 2000)
            sleep_ms(1300);
        else
            sleep_ms(5);
    }
    os_close(ends[0]);
}

static void guard(void) {
    static os_thread threads[2];
    require(os_pipe(ends), "pipe");
    start(&threads[0], writer);
    start(&threads[1], slow_reader);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
}
