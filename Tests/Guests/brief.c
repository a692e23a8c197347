/* Guests that end within some milliseconds, before anybody has looked at them: two that leave a fault behind and two that
 * only look like it.
 *
 * edge: one read of 32 bytes for an event of 48, edge-triggered, and then a wait that cannot tell of the other 16.
 * drained: the same, read until AGAIN.
 * leak: 64 event counters, each used once and forgotten.
 * pool: 64 event counters that are opened first and then used in turn; they are open at the end as well.
 *
 * Usage: brief edge|drained|leak|pool */
#include "portable.h"

#define ON_STACK __attribute__((noinline))

enum { BUFFER = 32, REQUEST = 48, COUNTERS = 64 };

static int checked(long value, const char *what) {
    if (value >= 0) return (int)value;
    print("%s: %s\n", what, os_error);
    os_exit(1);
}

ON_STACK static void read_once(int fd) {
    char buffer[BUFFER];
    checked(os_read(fd, buffer, sizeof buffer), "read");
}

ON_STACK static void serve(int until_again) {
    static const char request[REQUEST];
    int ends[2], ep = checked(os_epoll(), "epoll");
    os_event event;
    checked(os_socketpair(ends), "socketpair");
    checked(os_nonblocking(ends[0]), "O_NONBLOCK");
    checked(os_epoll_ctl(ep, ADD, ends[0], IN | EDGE, 0), "epoll_ctl");
    checked(os_write(ends[1], request, sizeof request), "write");
    checked(os_epoll_wait(ep, &event, 1, 0), "epoll_wait");
    read_once(ends[0]);
    for (char byte; until_again && os_read(ends[0], &byte, 1) > 0;) {}
    checked(os_epoll_wait(ep, &event, 1, MILLISECONDS), "epoll_wait");
}

static void use(int counter) {
    uint64_t value = 1;
    checked(os_write(counter, &value, sizeof value), "write");
    checked(os_read(counter, &value, sizeof value), "read");
}

ON_STACK static void use_and_forget(void) { use(checked(os_eventfd(0), "eventfd")); }

static void use_in_turn(void) {
    int counters[COUNTERS];
    for (int i = 0; i < COUNTERS; i++) counters[i] = checked(os_eventfd(0), "eventfd");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < COUNTERS; i++) use(counters[i]);
}

int guest_main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "edge") == 0) serve(0);
    if (strcmp(mode, "drained") == 0) serve(1);
    if (strcmp(mode, "leak") == 0)
        for (int i = 0; i < COUNTERS; i++) use_and_forget();
    if (strcmp(mode, "pool") == 0) use_in_turn();
    return 0;
}
