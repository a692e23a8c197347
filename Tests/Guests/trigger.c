/* Acceptance scenarios 1 to 8: when an event is reported, and with which bits. */
#include "transcript.h"

static void level_triggered(void) {
    scenario(1, "two eventfds, level-triggered");
    int ep = os_epoll(), a = os_eventfd(0), b = os_eventfd(0);
    show("add a", os_epoll_ctl(ep, ADD, a, IN, 1));
    show("add b", os_epoll_ctl(ep, ADD, b, IN, 2));
    show_poll("nothing written", ep);
    show("write a", counter_write(a, 5));
    show("write b", counter_write(b, 6));
    show_wait("both", ep, 2, 1000 * MILLISECONDS);
    show_wait("both again", ep, 2, 1000 * MILLISECONDS);
    show("read a", (long long)counter_read(a));
    show("read b", (long long)counter_read(b));
    show_wait("none after reading", ep, 2, 10 * MILLISECONDS);

    scenario(2, "DEL one, MOD the other");
    show("delete a", os_epoll_ctl(ep, DEL, a, 0, 0));
    counter_write(a, 1);
    counter_write(b, 1);
    show_poll("only b", ep);
    show("b to OUT", os_epoll_ctl(ep, MOD, b, OUT, 3));
    show_poll("OUT only", ep);
    show("b to IN|OUT", os_epoll_ctl(ep, MOD, b, IN | OUT, 4));
    show_poll("IN and OUT", ep);
    os_close(a), os_close(b), os_close(ep);
}

static void edge_eventfd(void) {
    scenario(3, "edge-triggered eventfd");
    int ep = os_epoll(), fd = os_eventfd(0);
    show("add", os_epoll_ctl(ep, ADD, fd, IN | EDGE, 1));
    show_poll("before", ep);
    counter_write(fd, 1);
    show_poll("after a write", ep);
    show_poll("spent", ep);
    counter_write(fd, 1);
    show_poll("after another write, never read", ep);
    show("read", (long long)counter_read(fd));
    show_poll("a read is no edge for IN", ep);
    show("to IN|OUT", os_epoll_ctl(ep, MOD, fd, IN | OUT | EDGE, 2));
    show_poll("MOD evaluates anew", ep);
    counter_write(fd, 7);
    show_poll("an IN edge shows the whole state", ep);
    os_close(fd), os_close(ep);
}

static void edge_pipe(uint32_t trigger) {
    char bytes[16] = {0};
    int ep = os_epoll(), ends[2];
    os_pipe(ends);
    show("add read end", os_epoll_ctl(ep, ADD, ends[0], IN | trigger, 1));
    show("write 10", os_write(ends[1], bytes, 10));
    show_poll("after the write", ep);
    show("read 3", os_read(ends[0], bytes, 3));
    show_poll("after a partial read", ep);
    show("write 1", os_write(ends[1], bytes, 1));
    show_poll("after one more byte", ep);
    show_poll("and again", ep);
    os_close(ends[0]), os_close(ends[1]), os_close(ep);
}

static void oneshot(void) {
    scenario(5, "one shot");
    int ep = os_epoll(), ends[2];
    os_pipe(ends);
    show("add", os_epoll_ctl(ep, ADD, ends[0], IN | ONESHOT, 1));
    os_write(ends[1], "x", 1);
    show_poll("first", ep);
    os_write(ends[1], "x", 1);
    show_poll("disarmed", ep);
    os_close(ends[1]);
    show_poll("not even HUP", ep);
    show("add again", os_epoll_ctl(ep, ADD, ends[0], IN, 1));
    show("re-arm", os_epoll_ctl(ep, MOD, ends[0], IN | ONESHOT, 2));
    show_poll("at once", ep);
    show_poll("disarmed again", ep);
    os_close(ends[0]), os_close(ep);
}

static void peer_shutdown(void) {
    scenario(6, "peer of a socket pair shuts down");
    for (int with = 0; with < 2; with++) {
        int ep = os_epoll(), ends[2];
        os_socketpair(ends);
        show("add", os_epoll_ctl(ep, ADD, ends[0], IN | (with ? RDHUP : 0), 1));
        show_poll("open", ep);
        show("peer shuts its writing side", os_shutdown(ends[1], SHUTDOWN_WRITE));
        show_poll(with ? "with RDHUP" : "without RDHUP", ep);
        char byte;
        show("read", os_read(ends[0], &byte, 1));
        os_close(ends[1]);
        show_poll("peer closed", ep);
        os_close(ends[0]), os_close(ep);
    }
}

static void pipe_ends(void) {
    scenario(7, "ends of a pipe");
    char bytes[16];
    int ep = os_epoll(), ends[2];
    os_pipe(ends);
    show("add read end", os_epoll_ctl(ep, ADD, ends[0], IN, 1));
    os_write(ends[1], "abc", 3);
    os_close(ends[1]);
    show_poll("writer closed, data left", ep);
    show("read", os_read(ends[0], bytes, sizeof bytes));
    show_poll("drained", ep);
    show("read", os_read(ends[0], bytes, sizeof bytes));
    os_close(ends[0]);
    show_poll("closed", ep);

    os_pipe(ends);
    show("add write end", os_epoll_ctl(ep, ADD, ends[1], OUT, 2));
    show_poll("room", ep);
    os_close(ends[0]);
    show_poll("reader closed", ep);
    show("write", os_write(ends[1], "abc", 3));
    os_close(ends[1]), os_close(ep);
}

static void full_pipe(void) {
    scenario(7, "a full pipe");
    static char block[4096];
    int ep = os_epoll(), ends[2], blocks = 0;
    os_pipe(ends);
    os_nonblocking(ends[0]), os_nonblocking(ends[1]);
    show("add write end", os_epoll_ctl(ep, ADD, ends[1], OUT | EDGE, 1));
    show_poll("room", ep);
    while (os_write(ends[1], block, sizeof block) == (long)sizeof block) blocks++;
    print("  %d blocks, then %s\n", blocks, os_error);
    show_poll("full", ep);
    show("read 100", os_read(ends[0], block, 100));
    show_poll("less than a page free", ep);
    show("read a page", os_read(ends[0], block, sizeof block));
    show_poll("a page free", ep);
    show_poll("spent", ep);
    os_close(ends[0]), os_close(ends[1]), os_close(ep);
}

static void empty_mask(void) {
    scenario(8, "an empty mask still reports HUP");
    int ep = os_epoll(), ends[2];
    os_pipe(ends);
    show("add", os_epoll_ctl(ep, ADD, ends[0], 0, 1));
    os_write(ends[1], "x", 1);
    show_poll("data", ep);
    os_close(ends[1]);
    show_poll("hangup", ep);
    os_close(ends[0]), os_close(ep);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    level_triggered();
    edge_eventfd();
    scenario(4, "edge-triggered pipe");
    edge_pipe(EDGE);
    scenario(4, "the same, level-triggered");
    edge_pipe(0);
    oneshot();
    peer_shutdown();
    pipe_ends();
    full_pipe();
    empty_mask();
    return 0;
}
