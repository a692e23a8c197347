/* A connection whose peer has ended long ago, and which nobody closes.
 *
 * fire: the peer sends its last request and shuts its side down. The server reads the end of the stream, takes IN out
 * of the mask so as not to be told again, and forgets the connection, for 6.5 s; the peer waits for the end of the
 * other side. To look at: the end was read in `serve`, the item is still there with an empty mask, no call since.
 *
 * guard: the same half-closed connection stays open for 6 s, because the server still writes its answer, a piece each
 * 300 ms; then it closes.
 *
 * Usage: hup-not-closed fire|guard */
#include "lint.h"

enum { STAY_MS = 6500, ANSWER_MS = 6000 };

static int ours, theirs, ep, answers;

static void peer(void *argument) {
    char answer[64];
    (void)argument;
    put(theirs, "request", 7);
    require(os_shutdown(theirs, SHUTDOWN_WRITE), "shutdown");
    while (require(os_read(theirs, answer, sizeof answer), "read") > 0) {}
    os_close(theirs);
}

/* Whether the end of the stream was read. */
ON_STACK static int serve(void) {
    if (!drain(ours)) return 0;
    rearm(ep, ours, 0);
    return 1;
}

ON_STACK static void write_piece(void) { put(ours, "a piece of the answer\n", 22); }

static void server(void *argument) {
    int has_ended = 0;
    (void)argument;
    watch(ep, ours, IN);
    while (elapsed_ms() < (answers ? ANSWER_MS : STAY_MS)) {
        os_event event;
        if (wait_for(ep, &event, 1, 300 * MILLISECONDS) > 0) has_ended |= serve();
        else if (has_ended && answers) write_piece();
    }
    os_close(ours);
}

static void run(void) {
    static os_thread threads[2];
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    ours = ends[0], theirs = ends[1];
    require(os_nonblocking(ours), "O_NONBLOCK");
    ep = (int)require(os_epoll(), "epoll");
    start(&threads[0], server);
    start(&threads[1], peer);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
    idle_until(STAY_MS);
}

static void fire(void) { run(); }

static void guard(void) {
    answers = 1;
    run();
}
