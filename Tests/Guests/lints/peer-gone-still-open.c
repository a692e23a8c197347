/* An edge-triggered socket whose peer has gone, and which stays open.
 *
 * fire: three peers send a line and close. The server reads the line and the end of the stream, believes that it will
 * be told again, and keeps the sockets, for 4 s; an edge comes only once. To look at: IN, RDHUP and HUP were reported,
 * `handle_event` has read everything, and the descriptors are open.
 *
 * guard: a peer sends 512 bytes and closes. The hang-up was reported, and for 0.8 s the socket stays open, because it
 * is read in pieces of 64 bytes; then it is closed. Twice; further peers send a line and are closed at once.
 *
 * Usage: peer-gone-still-open fire|guard */
#include "lint.h"

static int ep, stop;

static int open_peer(void) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
    watch(ep, ends[0], IN | RDHUP | EDGE);
    return ends[1];
}

static void send_and_close(const char *bytes, size_t count) {
    int fd = open_peer();
    put(fd, bytes, count);
    os_close(fd);
}

/* The end of the stream is read and not acted on: the mistake. */
ON_STACK static void handle_event(int fd) { drain(fd); }

static void server(void *argument) {
    (void)argument;
    for (os_event event;;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        if (event_token(&event) == (uint64_t)stop) break;
        handle_event((int)event_token(&event));
    }
    take(stop);
}

static void open_server(os_thread *thread, void (*body)(void *)) {
    ep = (int)require(os_epoll(), "epoll");
    stop = (int)require(os_eventfd(0), "eventfd");
    watch(ep, stop, IN);
    start(thread, body);
}

static void fire(void) {
    static os_thread thread;
    open_server(&thread, server);
    for (int i = 0; i < 3; i++) {
        send_and_close("a line\n", 7);
        sleep_ms(50);
    }
    idle_until(FIRE_MS);
    notify(stop, 1);
    os_thread_join(&thread);
}

/* ---- */

/* One piece; whether the socket was read to its end, and is closed. */
ON_STACK static int read_piece(int fd) {
    char piece[64];
    long count = os_read(fd, piece, sizeof piece);
    if (count > 0 || (count < 0 && failed_with("AGAIN"))) return 0;
    os_close(fd);
    return 1;
}

static void slow_server(void *argument) {
    int slow = -1;
    (void)argument;
    for (os_event event;;) {
        int count = wait_for(ep, &event, 1, slow >= 0 ? 100 * MILLISECONDS : FOREVER);
        if (slow >= 0 && read_piece(slow)) slow = -1;
        if (count == 0) continue;
        int fd = (int)event_token(&event);
        if (fd == stop) break;
        if (slow < 0)
            slow = fd;
        else if (fd != slow && drain(fd))
            os_close(fd);
    }
    take(stop);
}

static void guard(void) {
    static os_thread thread;
    static const char bytes[512];
    open_server(&thread, slow_server);
    for (int round = 0; round < 2; round++) {
        send_and_close(bytes, sizeof bytes);
        for (int i = 0; i < 3; i++) {
            sleep_ms(130);
            send_and_close("a line\n", 7);
        }
        sleep_ms(1000);
    }
    idle_until(GUARD_MS);
    notify(stop, 1);
    os_thread_join(&thread);
}
