/* Threads that share nothing: each has an epoll instance and one descriptor pair of its own, and writes, waits and reads.
 * Reported is the time of one round of any of them; tcp needs the network.
 * Usage: apart eventfd|pipe|tcp THREADS [ROUNDS] */
#include "report.h"

#include "../portable_sockets.h"

enum { MOST = 16 };

static uint64_t rounds;
static int ends[MOST][2], instances[MOST];
static uint32_t ready, go;

static void connect_pair(int pair[2]) {
    int port = 0, listener = os_listen(&port);
    require(listener, "listen");
    require(pair[1] = os_tcp(), "socket");
    require(os_connect(pair[1], port), "connect");
    require(pair[0] = os_accept(listener), "accept");
    os_no_delay(pair[1]);
    os_close(listener);
}

static void make(const char *kind, int pair[2]) {
    if (strcmp(kind, "pipe") == 0) {
        require(os_pipe(pair), "pipe");
    } else if (strcmp(kind, "tcp") == 0) {
        connect_pair(pair);
    } else {
        require(pair[0] = pair[1] = os_eventfd(0), "eventfd");
    }
}

static void take_rounds(void *which) {
    int mine = (int)(uintptr_t)which;
    uint64_t value = 1;
    os_event event;
    __atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
    while (!__atomic_load_n(&go, __ATOMIC_SEQ_CST)) {}
    for (uint64_t i = 0; i < rounds; i++) {
        require(os_write(ends[mine][1], &value, sizeof value), "write");
        require(os_epoll_wait(instances[mine], &event, 1, FOREVER), "wait");
        require(os_read(ends[mine][0], &value, sizeof value), "read");
    }
}

int guest_main(int argc, char **argv) {
    if (argc < 3) return 64;
    uint64_t threads = parse_number(argv[2]);
    static os_thread handles[MOST];
    rounds = argument(argc, argv, 3, 300000);
    if (threads < 1 || threads > MOST) return 64;
    for (uint64_t i = 0; i < threads; i++) {
        make(argv[1], ends[i]);
        require(instances[i] = os_epoll(), "epoll");
        require(os_epoll_ctl(instances[i], ADD, ends[i][0], IN, i), "add");
        if (i > 0) require(os_thread_start(&handles[i], take_rounds, (void *)(uintptr_t)i), "thread");
    }
    while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) + 1 < threads) os_sleep(1000000);
    uint64_t start = os_now();
    __atomic_store_n(&go, 1, __ATOMIC_SEQ_CST);
    take_rounds(0);
    for (uint64_t i = 1; i < threads; i++) os_thread_join(&handles[i]);
    report("apart", os_now() - start, rounds * threads, "ns");
    return 0;
}
