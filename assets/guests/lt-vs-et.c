/* Level against edge: two epoll instances watch the same end of one pipe, one by level, one by edge.
 *
 * What to watch: after six bytes have arrived both report IN. Then only three are read. The level-triggered instance
 * goes on reporting, because data is still there; the edge-triggered one is silent, because nothing new has come: in
 * the Epoll pane its item is ready but spent. One more byte is a new edge, and both report again.
 *
 * Usage: lt-vs-et [ROUNDS [MILLISECONDS]]    rounds (default: a million) and the pause between steps (default: 800) */
#include "runtime.h"

static int level, edge, reading, writing;
static uint64_t pause_ms = 800;

static void require(int error, const char *what) {
    if (error == 0) return;
    print("lt-vs-et: %s: %s\n", what, wasix_errno_name(error));
    wasix_proc_exit(1);
}

static void watch(int ep, uint32_t events, uint64_t token) {
    wasix_epoll_event event = {.events = events, .fd = (uint32_t)reading, .data2 = token};
    require(wasix_epoll_ctl(ep, WASIX_EPOLL_ADD, reading, &event), "epoll_ctl");
}

static const char *report(int ep) {
    wasix_epoll_event event;
    uint32_t count = 0;
    require(wasix_epoll_wait(ep, &event, 1, 0, &count), "epoll_wait");
    return count > 0 ? "IN" : "-";
}

static void step(const char *what) {
    const char *by_level = report(level), *by_edge = report(edge);
    print("%-28s  level: %-4s  edge: %s\n", what, by_level, by_edge);
    sleep_ms(pause_ms);
}

static void put(uint32_t count) {
    uint32_t done = 0;
    wasix_iovec out = {"abcdefgh", count};
    require(wasix_fd_write(writing, &out, 1, &done), "write");
}

static void take(uint32_t count) {
    char bytes[16];
    uint32_t done = 0;
    wasix_iovec in = {bytes, count};
    require(wasix_fd_read(reading, &in, 1, &done), "read");
}

int guest_main(int argc, char **argv) {
    uint64_t rounds = argc > 1 ? parse_number(argv[1]) : 1000000;
    if (argc > 2) pause_ms = parse_number(argv[2]);
    require(wasix_fd_pipe(&reading, &writing), "pipe");
    require(wasix_epoll_create(&level), "epoll_create");
    require(wasix_epoll_create(&edge), "epoll_create");
    watch(level, WASIX_EPOLL_IN, 1);
    watch(edge, WASIX_EPOLL_IN | WASIX_EPOLL_ET, 2);
    for (uint64_t round = 0; round < rounds; round++) {
        step("the pipe is empty");
        put(6);
        step("six bytes written");
        step("nothing done since");
        take(3);
        step("three of them read");
        put(1);
        step("one more byte written");
        take(4);
        step("all read");
    }
    return 0;
}
