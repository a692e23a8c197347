/* A server that takes one connection for each edge of its listener, as if that were level-triggered. Three clients connect
 * before it looks; one is served, the second waits for its greeting for ever. To look at: connections wait to be accepted
 * behind a reported edge, and the last accept was made in `accept_one`. Needs the network: --net.
 * Usage: accepts fire|guard    guard: it takes all there are, and ends */
#include "lints/lint.h"

enum { CLIENTS = 3 };

static int listener, port, ep, takes_all;

ON_STACK static int accept_one(void) {
    int fd = os_accept_nonblocking(listener);
    if (fd < 0 && failed_with("AGAIN")) return 0;
    put((int)require(fd, "accept"), "hello\n", 6);
    os_close(fd);
    return 1;
}

static void server(void *argument) {
    (void)argument;
    for (os_event event;;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        while (accept_one() && takes_all) {}
    }
}

static void visit(void) {
    static os_thread thread;
    int clients[CLIENTS];
    char greeting[8];
    listener = (int)require(os_listen(&port), "listen (--net?)");
    require(os_nonblocking(listener), "O_NONBLOCK");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, listener, IN | EDGE);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (int)require(os_tcp(), "socket");
        require(os_connect(clients[i], port), "connect");
    }
    start(&thread, server);
    for (int i = 0; i < CLIENTS; i++) {
        long count = require(os_read(clients[i], greeting, sizeof greeting), "read");
        print("client %d: %d bytes\n", i, (int)count);
    }
    os_exit(0);
}

static void fire(void) { visit(); }

static void guard(void) {
    takes_all = 1;
    visit();
}
