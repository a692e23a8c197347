/* A reader waits for the end of a pipe that its own program keeps open.
 *
 * fire: the producer is given a duplicate of the write end, writes its lines, closes it and ends. The main thread
 * reads until the end of the stream, which never comes: it has not closed the write end that the duplicate was made
 * of. To look at: the read in `collect_lines`, the write end that is open, and no thread that will ever write there.
 * also: all-blocked
 *
 * guard: the write end stays open for 3 s behind a reader, too, but a reporter lives, in a timed sleep. It writes a
 * line each 1.2 s and then closes.
 *
 * Usage: write-end-still-open fire|guard */
#include "lint.h"

static int ends[2], duplicate;

static void producer(void *argument) {
    (void)argument;
    for (int i = 0; i < 3; i++) put(duplicate, "line\n", 5);
    os_close(duplicate);
}

ON_STACK static void collect_lines(void) {
    char bytes[64];
    while (require(os_read(ends[0], bytes, sizeof bytes), "read") > 0) {}
}

static void fire(void) {
    static os_thread thread;
    require(os_pipe(ends), "pipe");
    duplicate = (int)require(os_dup(ends[1]), "dup");
    start(&thread, producer);
    /* What is missing before it is os_close(ends[1]). */
    collect_lines();
}

/* ---- */

static void reporter(void *argument) {
    (void)argument;
    for (int i = 0; i < 2; i++) {
        sleep_ms(1200);
        put(ends[1], "line\n", 5);
    }
    idle_until(GUARD_MS);
    os_close(ends[1]);
}

static void guard(void) {
    static os_thread thread;
    require(os_pipe(ends), "pipe");
    start(&thread, reporter);
    collect_lines();
    os_thread_join(&thread);
}
