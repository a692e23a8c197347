/* Level against edge: two epoll instances watch the same end of one pipe, one by level, one by edge.
 *
 * What to watch: after six bytes have arrived both report IN. Then only three are read. The level-triggered instance
 * goes on reporting, because data is still there; the edge-triggered one is silent, because nothing new has come: in
 * the Epoll pane its item is ready but spent. One more byte is a new edge, and both report again.
 *
 * Usage: lt-vs-et [ROUNDS [MILLISECONDS]]    rounds (default: a million) and the pause between steps (default: 800) */
#include "linux.h"

static int level, edge, reading, writing;
static uint64_t pause_ms = 800;

static void watch(int ep, uint32_t events) {
    struct epoll_event event = {0};
    event.events = events;
    event.data.fd = reading;
    require(epoll_ctl(ep, EPOLL_CTL_ADD,
                      reading, &event), "ctl");
}

static const char *report(int ep) {
    struct epoll_event got;
    int count = epoll_wait(ep, &got, 1, 0);
    require(count, "epoll_wait");
    return count > 0 ? "IN" : "-";
}

static void step(const char *what) {
    const char *by_level = report(level);
    const char *by_edge = report(edge);
    print("%-28s  level: %-4s  edge: %s\n", what, by_level, by_edge);
    if (pause_ms > 0) sleep_ms(pause_ms);
}

static void put(int count) {
    require(write(writing, "abcdef", count), "write");
}

static void take(int count) {
    char bytes[16];
    require(read(reading, bytes, count), "read");
}

static void round_of_steps(void) {
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

int guest_main(int argc, char **argv) {
    uint64_t rounds = argc > 1 ? parse_number(argv[1]) : 1000000;
    int ends[2];
    if (argc > 2) pause_ms = parse_number(argv[2]);
    require(pipe(ends), "pipe");
    reading = ends[0], writing = ends[1];
    require(level = epoll_create1(0), "create");
    require(edge = epoll_create1(0), "create");
    watch(level, EPOLLIN);
    watch(edge, EPOLLIN | EPOLLET);
    while (rounds-- > 0) round_of_steps();
    return 0;
}
