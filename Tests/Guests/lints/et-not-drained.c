/* An edge-triggered socket that is read once for each event, as if it were level-triggered.
 *
 * fire: requests of 24 bytes fit the server's buffer of 32. The fifth has 48: its last 16 bytes stay in the socket, no
 * edge comes for what is already there, and the server sleeps in epoll_wait for ever. The client is not stuck: it
 * looks for the answer twice a second. To look at: the item is ready (IN, 16 bytes) and spent; the last read, in
 * `serve_once`, filled its buffer.
 *
 * guard: bytes stay unread behind a reported edge for 0.7 s and longer, and rightly. One socket is paused: its server
 * takes IN out of the mask with CTL_MOD, puts it back later and then reads until AGAIN. The other is watched for its
 * hang-up, and a second thread reads it with blocking reads, 64 bytes each 100 ms.
 *
 * Usage: et-not-drained fire|guard */
#include "lint.h"

enum { BUFFER = 32, SHORT = 24, LONG = 48, GOOD_REQUESTS = 4 };

static int server_end, client_end, slow_end, feeding_end;

static void open_pair(int *ours, int *theirs) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    *ours = ends[0], *theirs = ends[1];
}

/* Reads what one call gives, and answers when a request is complete: the mistake. */
ON_STACK static void serve_once(long *have) {
    char buffer[BUFFER];
    *have += require(os_read(server_end, buffer, sizeof buffer), "read");
    if (*have != SHORT && *have != LONG) return;
    *have = 0;
    put(server_end, "k", 1);
}

static void server(void *argument) {
    (void)argument;
    int ep = (int)require(os_epoll(), "epoll");
    long have = 0;
    watch(ep, server_end, IN | EDGE);
    for (os_event event;;)
        if (wait_for(ep, &event, 1, FOREVER) > 0) serve_once(&have);
}

ON_STACK static void ask(size_t length) {
    static const char request[LONG] = "GET /a/page/whose/name/is/longer/than/others\n";
    char answer;
    put(client_end, request + LONG - length, length);
    while (!comes_within(client_end, 500)) {}
    require(os_read(client_end, &answer, 1), "read of the answer");
}

static void fire(void) {
    static os_thread thread;
    open_pair(&server_end, &client_end);
    require(os_nonblocking(server_end), "O_NONBLOCK");
    start(&thread, server);
    for (int number = 1;; number++) ask(number <= GOOD_REQUESTS ? SHORT : LONG);
}

/* ---- */

static void slow_reader(void *argument) {
    char piece[64];
    (void)argument;
    while (require(os_read(slow_end, piece, sizeof piece), "read") > 0) sleep_ms(100);
    os_close(slow_end);
}

/* Looks at the head of a request and leaves the rest where it is, for now. */
ON_STACK static void pause_reading(int ep) {
    char head[BUFFER];
    require(os_read(server_end, head, sizeof head), "read");
    rearm(ep, server_end, EDGE);
}

static void pausing_server(void *argument) {
    (void)argument;
    int ep = (int)require(os_epoll(), "epoll"), is_resumed = 0;
    uint64_t resume_at = 0;
    watch(ep, server_end, IN | RDHUP | EDGE);
    watch(ep, slow_end, IN | RDHUP | EDGE);
    for (;;) {
        os_event event;
        uint64_t time = elapsed_ms(), left = resume_at > time ? resume_at - time : 0;
        int count = wait_for(ep, &event, 1, resume_at == 0 ? FOREVER : left * MILLISECONDS);
        if (count > 0 && event_token(&event) == (uint64_t)server_end) {
            if (event_bits(&event) & (RDHUP | HUP)) break;
            if (!is_resumed) {
                pause_reading(ep);
                resume_at = elapsed_ms() + 700;
            } else {
                drain(server_end);
                is_resumed = 0;
            }
        }
        if (resume_at != 0 && elapsed_ms() >= resume_at) {
            resume_at = 0;
            is_resumed = 1;
            rearm(ep, server_end, IN | RDHUP | EDGE);
        }
    }
    drain(server_end);
    os_close(server_end);
    os_close(ep);
}

static void guard(void) {
    static os_thread loop, reader;
    static const char bytes[1024];
    open_pair(&server_end, &client_end);
    open_pair(&slow_end, &feeding_end);
    require(os_nonblocking(server_end), "O_NONBLOCK");
    start(&loop, pausing_server);
    start(&reader, slow_reader);
    for (int round = 0; round < 2; round++) {
        put(client_end, bytes, LONG);
        put(feeding_end, bytes, 512);
        idle_until((uint64_t)(round + 1) * GUARD_MS / 2);
    }
    os_close(client_end);
    os_close(feeding_end);
    os_thread_join(&loop);
    os_thread_join(&reader);
}
