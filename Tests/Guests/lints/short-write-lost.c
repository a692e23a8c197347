/* A write that took only a part, and nobody writes the rest.
 *
 * fire: an answer of 1 MiB goes into a non-blocking pipe in one write. The pipe takes a part; the program believes it
 * has sent all, and waits for 4 s. The reader takes what there is and waits for more. To look at: asked 1,048,576,
 * written less, in `send_answer`, and neither a second write nor a registration for OUT.
 *
 * guard: two short writes. The rest of the first is kept, and OUT is registered; the reader takes IN into its mask
 * only after 1.5 s, and then the rest is written. Behind the second the connection is given up and closed.
 *
 * Usage: short-write-lost fire|guard */
#include "lint.h"

enum { ANSWER = 1 << 20 };

static const char answer[ANSWER];
static int ends[2];

static void open_pipe(int both[2]) {
    require(os_pipe(both), "pipe");
    require(os_nonblocking(both[1]), "O_NONBLOCK");
}

static void reader(void *argument) {
    char buffer[4096];
    (void)argument;
    while (require(os_read(ends[0], buffer, sizeof buffer), "read") > 0) {}
    os_close(ends[0]);
}

/* Counts as sent what may be a part: the mistake. */
ON_STACK static void send_answer(void) { put(ends[1], answer, sizeof answer); }

static void fire(void) {
    static os_thread thread;
    open_pipe(ends);
    start(&thread, reader);
    send_answer();
    idle_until(FIRE_MS);
    os_close(ends[1]);
    os_thread_join(&thread);
}

/* ---- */

static void pausing_reader(void *argument) {
    os_event event;
    (void)argument;
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
    int ep = (int)require(os_epoll(), "epoll");
    watch(ep, ends[0], 0);
    while (elapsed_ms() < GUARD_MS / 2) wait_for(ep, &event, 1, 300 * MILLISECONDS);
    rearm(ep, ends[0], IN);
    while (wait_for(ep, &event, 1, FOREVER) == 0 || !drain(ends[0])) {}
    os_close(ends[0]);
}

/* How much was taken, 0 when there is no room. */
ON_STACK static size_t send_part(int fd, size_t from) {
    long count = os_write(fd, answer + from, sizeof answer - from);
    return count < 0 && failed_with("AGAIN") ? 0 : (size_t)require(count, "write");
}

static void careful_sender(void *argument) {
    (void)argument;
    int ep = (int)require(os_epoll(), "epoll");
    size_t sent = send_part(ends[1], 0);
    watch(ep, ends[1], OUT);
    for (os_event event; sent < sizeof answer;)
        if (wait_for(ep, &event, 1, FOREVER) > 0) sent += send_part(ends[1], sent);
    os_close(ends[1]);
}

static void guard(void) {
    static os_thread threads[2];
    int given_up[2];
    open_pipe(ends);
    open_pipe(given_up);
    start(&threads[0], pausing_reader);
    start(&threads[1], careful_sender);
    send_part(given_up[1], 0);
    sleep_ms(100);
    for (int i = 0; i < 2; i++) os_close(given_up[i]);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
    idle_until(GUARD_MS);
}
