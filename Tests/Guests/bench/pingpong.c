/* Two threads take turns; one round is there and back. udp needs the network, unix a directory for its socket.
 * Usage: pingpong pipe|eventfd|condition|udp|unix [ROUNDS] */
#include "report.h"

#include "../portable_sockets.h"

static uint64_t rounds;

/* ---- one byte through a pipe each way ---- */

static int there[2], back[2];

static void pipe_partner(void *unused) {
    char byte;
    (void)unused;
    for (uint64_t i = 0; i < rounds; i++) {
        require(os_read(there[0], &byte, 1), "read");
        require(os_write(back[1], &byte, 1), "write");
    }
}

static void pipe_start(void) {
    require(os_pipe(there), "pipe");
    require(os_pipe(back), "pipe");
}

static void pipe_turn(void) {
    char byte = 'x';
    require(os_write(there[1], &byte, 1), "write");
    require(os_read(back[0], &byte, 1), "read");
}

/* ---- an eventfd each way, waited for with epoll ---- */

static int counters[2], instances[2];

static void await_counter(int which) {
    os_event event;
    uint64_t value;
    require(os_epoll_wait(instances[which], &event, 1, FOREVER), "wait");
    require(os_read(counters[which], &value, sizeof value), "read");
}

static void count_up(int which) {
    uint64_t value = 1;
    require(os_write(counters[which], &value, sizeof value), "write");
}

static void eventfd_partner(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < rounds; i++) await_counter(0), count_up(1);
}

static void eventfd_start(void) {
    for (int i = 0; i < 2; i++) {
        require(counters[i] = os_eventfd(0), "eventfd");
        require(instances[i] = os_epoll(), "epoll");
        require(os_epoll_ctl(instances[i], ADD, counters[i], IN, 1), "add");
    }
}

static void eventfd_turn(void) { count_up(0), await_counter(1); }

/* ---- a condition variable ---- */

static os_mutex lock = OS_MUTEX_INIT;
static os_condition changed[2] = {OS_CONDITION_INIT, OS_CONDITION_INIT};
static int turn;

static void pass_turn(int mine) {
    os_lock(&lock);
    while (turn != mine) os_condition_wait(&changed[mine], &lock);
    turn = !mine;
    os_condition_signal(&changed[!mine]);
    os_unlock(&lock);
}

static void condition_partner(void *unused) {
    (void)unused;
    for (uint64_t i = 0; i < rounds; i++) pass_turn(1);
}

static void condition_start(void) {}
static void condition_turn(void) { pass_turn(0); }

/* ---- one byte through the host's sockets ---- */

static int near, far;

static void socket_partner(void *unused) {
    char byte;
    (void)unused;
    for (uint64_t i = 0; i < rounds; i++) {
        require(os_read(far, &byte, 1), "read");
        require(os_write(far, &byte, 1), "write");
    }
}

static void socket_turn(void) {
    char byte = 'x';
    require(os_write(near, &byte, 1), "write");
    require(os_read(near, &byte, 1), "read");
}

static void udp_start(void) {
    int *ends[2] = {&near, &far};
    os_address addresses[2];
    for (int i = 0; i < 2; i++) {
        require(*ends[i] = os_socket(INET4, DATAGRAM), "socket");
        require(os_bind(*ends[i], os_inet4(0)), "bind");
        require(os_local(*ends[i], &addresses[i]), "address");
    }
    for (int i = 0; i < 2; i++) require(os_connect_to(*ends[i], addresses[!i]), "connect");
}

static void unix_start(void) {
    os_address name = os_unix("pingpong.socket");
    int listener = os_socket(LOCAL, STREAM);
    require(listener, "socket");
    require(os_bind(listener, name), "bind");
    require(os_listen_on(listener, 1), "listen");
    require(near = os_socket(LOCAL, STREAM), "socket");
    require(os_connect_to(near, name), "connect");
    require(far = os_accept(listener), "accept");
    os_unlink("pingpong.socket");
}

int guest_main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*start)(void), (*partner)(void *), (*turn)(void);
    } ways[] = {{"pipe", pipe_start, pipe_partner, pipe_turn},
                {"eventfd", eventfd_start, eventfd_partner, eventfd_turn},
                {"condition", condition_start, condition_partner, condition_turn},
                {"udp", udp_start, socket_partner, socket_turn},
                {"unix", unix_start, socket_partner, socket_turn}};
    static os_thread partner;
    rounds = argument(argc, argv, 2, 100000);
    for (int i = 0; argc > 1 && i < (int)(sizeof ways / sizeof *ways); i++) {
        if (strcmp(argv[1], ways[i].name) != 0) continue;
        ways[i].start();
        require(os_thread_start(&partner, ways[i].partner, 0), "thread");
        uint64_t start = os_now();
        for (uint64_t round = 0; round < rounds; round++) ways[i].turn();
        report("pingpong", os_now() - start, rounds, "ns");
        os_thread_join(&partner);
        return 0;
    }
    return 64;
}
