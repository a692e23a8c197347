/* One active descriptor among many registered: write it, wait for it, read it. Of a pipe or a socket pair both ends are
 * registered, so that the number of descriptors is the number of registrations.
 * With "random" in an order that no cache foresees; "unwaited" leaves the wait out.
 * Usage: active eventfd|pipe|socketpair REGISTERED [ROUNDS [linear|random|unwaited [FILE]]]    FILE: as of clock */
#include "report.h"

static void make(const char *kind, int ends[2]) {
    if (strcmp(kind, "pipe") == 0) {
        require(os_pipe(ends), "pipe");
    } else if (strcmp(kind, "socketpair") == 0) {
        require(os_socketpair(ends), "socketpair");
    } else {
        for (int i = 0; i < 2; i++) require(ends[i] = os_eventfd(0), "eventfd");
    }
}

int guest_main(int argc, char **argv) {
    if (argc < 3) return 64;
    uint64_t registered = parse_number(argv[2]) & ~1ull, rounds = argument(argc, argv, 3, 300000), value = 1;
    int *fds = os_allocate(registered * sizeof(int)), ep = os_epoll();
    int across = strcmp(argv[1], "eventfd") != 0;
    require(ep, "epoll");
    for (uint64_t i = 0; i < registered; i += 2) {
        make(argv[1], &fds[i]);
        for (uint64_t end = i; end < i + 2; end++) require(os_epoll_ctl(ep, ADD, fds[end], IN, end), "add");
    }
    static os_event events[64];
    int is_random = argc > 4 && strcmp(argv[4], "random") == 0, is_unwaited = argc > 4 && strcmp(argv[4], "unwaited") == 0;
    uint64_t index = 0, state = 1, start = os_now();
    for (uint64_t round = 0; round < rounds; round++) {
        // Knuth's MMIX generator; its high bits are the random ones.
        state = state * 6364136223846793005u + 1442695040888963407u;
        index = (is_random ? state >> 33 : index * 5 + 14) % registered & ~1ull;
        value = 1;
        require(os_write(fds[index + (uint64_t)across], &value, sizeof value), "write");
        if (!is_unwaited) {
            int count = os_epoll_wait(ep, events, 64, FOREVER);
            if (count != 1 || event_token(&events[0]) != index) return 1;
        }
        require(os_read(fds[index], &value, sizeof value), "read");
        if (value != 1) return 1;
    }
    uint64_t elapsed = os_now() - start;
    report("active", elapsed, rounds, "ns");
    if (argc > 5) leave(argv[5], elapsed, rounds);
    return 0;
}
