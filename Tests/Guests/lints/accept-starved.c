/* Connections that wait to be accepted while the loop has time. Needs the network: --net.
 *
 * fire: the server takes two connections at most. At the limit it takes IN out of its listener's mask; when a
 * connection ends, it forgets to put it back. The third client stands in the backlog for 4 s, while the loop serves
 * the first one's line each 50 ms. To look at: the backlog is 1, the loop turns in `serve_line`, and nobody accepts.
 *
 * guard: eight clients come at once and fill the backlog; one is accepted for each event, level-triggered, until the
 * backlog is empty. Six times a second.
 *
 * Usage: accept-starved fire|guard */
#include "lint.h"

enum { LIMIT = 2, BURST = 8 };

static int listener, port, ep, open_now, limit;
static volatile int is_over;

static void accept_one(void) {
    int fd = os_accept_nonblocking(listener);
    if (fd < 0 && failed_with("AGAIN")) return;
    watch(ep, (int)require(fd, "accept"), IN);
    if (++open_now == limit) rearm(ep, listener, 0);
}

/* The end of a connection makes room for another, but nobody is told: the mistake. */
ON_STACK static void serve_line(int fd) {
    if (!drain(fd)) return;
    os_close(fd);
    open_now--;
}

static void server(void *argument) {
    (void)argument;
    for (os_event event; !is_over || open_now > 0;) {
        if (wait_for(ep, &event, 1, 200 * MILLISECONDS) == 0) continue;
        if (event_token(&event) == (uint64_t)listener)
            accept_one();
        else
            serve_line((int)event_token(&event));
    }
    os_close(listener);
}

static void open_server(os_thread *thread) {
    listener = (int)require(os_listen(&port), "listen (--net?)");
    require(os_nonblocking(listener), "O_NONBLOCK");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, listener, IN);
    start(thread, server);
}

static int connect_client(void) {
    int fd = (int)require(os_tcp(), "socket");
    require(os_connect(fd, port), "connect");
    return fd;
}

static void fire(void) {
    static os_thread thread;
    limit = LIMIT;
    open_server(&thread);
    int clients[3];
    for (int i = 0; i < 2; i++) {
        clients[i] = connect_client();
        put(clients[i], "line\n", 5);
    }
    sleep_ms(100);
    os_close(clients[1]);
    clients[2] = connect_client();
    while (elapsed_ms() < FIRE_MS) {
        put(clients[0], "line\n", 5);
        sleep_ms(50);
    }
    is_over = 1;
    os_close(clients[0]);
    os_close(clients[2]);
    os_thread_join(&thread);
}

/* ---- */

static void guard(void) {
    static os_thread thread;
    limit = 1 << 30;
    open_server(&thread);
    while (elapsed_ms() < GUARD_MS) {
        int clients[BURST];
        for (int i = 0; i < BURST; i++) clients[i] = connect_client();
        for (int i = 0; i < BURST; i++) put(clients[i], "line\n", 5);
        sleep_ms(150);
        for (int i = 0; i < BURST; i++) os_close(clients[i]);
    }
    is_over = 1;
    os_thread_join(&thread);
}
