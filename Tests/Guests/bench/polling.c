/* Asking many descriptors at once which of them is ready: poll_oneoff beside poll(2). The list is made once; one
 * descriptor, in its middle, is ready all the time. Of a connection both ends are in the list.
 * Usage: polling eventfd|tcp DESCRIPTORS [ROUNDS] */
#include "report.h"

#ifdef __wasm__

static wasix_subscription *list;
static wasix_event *found;

static void make_list(const int *fds, uint64_t count) {
    list = os_allocate(count * sizeof *list);
    found = os_allocate(count * sizeof *found);
    for (uint64_t i = 0; i < count; i++)
        list[i] = (wasix_subscription){.userdata = i, .tag = WASIX_EVENT_FD_READ, .fd = (uint32_t)fds[i]};
}

/* The place in the list of the only descriptor that is ready. */
static uint64_t ask(uint64_t count) {
    uint32_t ready = 0;
    int error = wasix_poll_oneoff(list, found, (uint32_t)count, &ready);
    require(os_result(error, 0), "poll");
    return ready == 1 ? found[0].userdata : count;
}

#else
#include <poll.h>

static struct pollfd *list;

static void make_list(const int *fds, uint64_t count) {
    list = os_allocate(count * sizeof *list);
    for (uint64_t i = 0; i < count; i++) list[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
}

/* Finding out which one it was is part of the work. */
static uint64_t ask(uint64_t count) {
    uint64_t at = 0;
    if (poll(list, count, -1) != 1) return count;
    while (at < count && list[at].revents == 0) at++;
    return at;
}

#endif

static void make_eventfds(int *fds, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) require(fds[i] = os_eventfd(i == count / 2), "eventfd");
}

static void make_connections(int *fds, uint64_t count) {
    int port = 0, listener = os_listen(&port);
    require(listener, "listen");
    for (uint64_t i = 0; i + 1 < count; i += 2) {
        require(fds[i] = os_tcp(), "socket");
        require(os_connect(fds[i], port), "connect");
        require(fds[i + 1] = os_accept(listener), "accept");
    }
    require(os_write(fds[(count / 2) ^ 1], "x", 1), "write");
}

int guest_main(int argc, char **argv) {
    if (argc < 3) return 64;
    uint64_t count = parse_number(argv[2]) & ~1ull, rounds = argument(argc, argv, 3, 1 + 3000000 / count);
    int *fds = os_allocate(count * sizeof *fds);
    if (strcmp(argv[1], "tcp") == 0) {
        make_connections(fds, count);
    } else {
        make_eventfds(fds, count);
    }
    make_list(fds, count);
    if (ask(count) != count / 2) return 1;
    uint64_t start = os_now();
    for (uint64_t round = 0; round < rounds; round++)
        if (ask(count) != count / 2) return 1;
    report("polling", os_now() - start, rounds, "ns");
    return 0;
}
