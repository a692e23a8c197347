/* A server as event libraries build it: it accepts without blocking until nobody waits, from inside an epoll loop, level-
 * and edge-triggered. The listener blocks in the kernel's eyes where libc cannot say otherwise. Needs the network. */
#include "transcript.h"

enum { BURSTS = 3, CLIENTS = 8, LISTENER = 1000, STOP = 1001 };

static int listener, stop, ep, accepted, answered, refusals;

static void welcome(uint32_t mode) {
    int fd;
    while ((fd = os_accept_nonblocking(listener)) >= 0) {
        accepted++;
        os_epoll_ctl(ep, ADD, fd, IN | RDHUP | mode, (uint64_t)fd);
    }
    if (strcmp(os_error, "AGAIN") != 0) refusals++;
}

/* Sends back what came, until nothing is left or the client is gone. */
static void answer(int fd) {
    char buffer[64];
    long count;
    while ((count = os_read(fd, buffer, sizeof buffer)) > 0) answered += os_write(fd, buffer, (size_t)count) == count;
    if (count == 0) os_close(fd);
    else if (strcmp(os_error, "AGAIN") != 0) refusals++, os_close(fd);
}

static uint32_t mode;

static void serve(void *unused) {
    (void)unused;
    for (;;) {
        os_event events[16];
        int count = os_epoll_wait(ep, events, 16, FOREVER);
        for (int i = 0; i < count; i++) {
            uint64_t token = event_token(&events[i]);
            if (token == STOP) return;
            if (token == LISTENER) welcome(mode);
            else answer((int)token);
        }
    }
}

static void burst(int port) {
    int clients[CLIENTS], right = 0;
    for (int i = 0; i < CLIENTS; i++) os_connect(clients[i] = os_tcp(), port);
    for (int i = 0; i < CLIENTS; i++) os_write(clients[i], &"abcdefgh"[i], 1);
    for (int i = CLIENTS; i-- > 0;) {
        char byte = 0;
        right += os_read(clients[i], &byte, 1) == 1 && byte == "abcdefgh"[i];
        os_close(clients[i]);
    }
    show("clients with the right answer", right);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    for (int edge = 0; edge < 2; edge++) {
        int port = 0;
        os_thread server;
        scenario(edge + 1, edge ? "an edge-triggered listener" : "a level-triggered listener");
        mode = edge ? EDGE : 0;
        accepted = answered = refusals = 0;
        listener = os_listen(&port), ep = os_epoll(), stop = os_eventfd(0);
#ifndef __wasm__
        // What SOCK_NONBLOCK does there when the socket is made.
        os_nonblocking(listener);
#endif
        show("accept when nobody came", os_accept_nonblocking(listener));
        os_epoll_ctl(ep, ADD, listener, IN | mode, LISTENER);
        os_epoll_ctl(ep, ADD, stop, IN, STOP);
        os_thread_start(&server, serve, 0);
        for (int i = 0; i < BURSTS; i++) burst(port);
        counter_write(stop, 1);
        os_thread_join(&server);
        print("  accepted %d, answered %d, refused %d\n", accepted, answered, refusals);
        os_close(listener), os_close(ep), os_close(stop);
    }
    return 0;
}
