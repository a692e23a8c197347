/* Acceptance scenarios 9 to 13: what a registration belongs to, what may be registered, nesting, fairness.
 * Needs a directory to work in, with write access. */
#include "transcript.h"

static void duplicates(void) {
    scenario(9, "duplicates");
    int ep = os_epoll(), ends[2];
    os_pipe(ends);
    int copy = os_dup(ends[0]);
    show("add the end", os_epoll_ctl(ep, ADD, ends[0], IN, 1));
    show("add its duplicate", os_epoll_ctl(ep, ADD, copy, IN, 2));
    show("add the end again", os_epoll_ctl(ep, ADD, ends[0], IN, 3));
    os_write(ends[1], "x", 1);
    show_poll("two records", ep);
    os_close(ends[0]);
    show_poll("one number closed, both registrations live", ep);
    show("delete by the closed number", os_epoll_ctl(ep, DEL, ends[0], 0, 0));
    os_close(copy);
    show_wait("all numbers closed", ep, 4, 10 * MILLISECONDS);
    os_close(ends[1]), os_close(ep);
}

static void reused_number(void) {
    scenario(10, "a reused number");
    int ep = os_epoll(), first = os_eventfd(1);
    show("add", os_epoll_ctl(ep, ADD, first, IN, 1));
    os_close(first);
    int second = os_eventfd(0);
    print("  same number: %d\n", first == second);
    show_poll("no foreign event", ep);
    show("add under the same number", os_epoll_ctl(ep, ADD, second, IN, 2));
    show_poll("not ready", ep);
    counter_write(second, 1);
    show_poll("ready", ep);
    os_close(second);

    int kept = os_eventfd(1), copy = os_dup(kept);
    show("add one with a duplicate", os_epoll_ctl(ep, ADD, kept, IN, 3));
    os_close(kept);
    int other = os_eventfd(1);
    print("  same number: %d\n", kept == other);
    show("add under its number", os_epoll_ctl(ep, ADD, other, IN, 4));
    show_poll("both, each with its data", ep);
    show("delete the new one", os_epoll_ctl(ep, DEL, other, 0, 0));
    show_poll("the old one", ep);
    os_close(copy);
    show_poll("none", ep);
    os_close(other), os_close(ep);
}

static void refusals(void) {
    scenario(11, "refusals");
    int ep = os_epoll(), ends[2], file = os_create("registered.tmp"), directory = os_open("."), fd = os_eventfd(0);
    os_event event[1];
    os_pipe(ends);
    print("  opened: %d %d\n", file >= 0, directory >= 0);
    show("regular file", os_epoll_ctl(ep, ADD, file, IN, 1));
    show("directory", os_epoll_ctl(ep, ADD, directory, IN, 1));
    show("itself", os_epoll_ctl(ep, ADD, ep, IN, 1));
    show("into a pipe", os_epoll_ctl(ends[0], ADD, ends[1], OUT, 1));
    show("delete a missing one", os_epoll_ctl(ep, DEL, fd, 0, 0));
    show("modify a missing one", os_epoll_ctl(ep, MOD, fd, IN, 1));
    show("unknown operation", os_epoll_ctl(ep, 77, fd, IN, 1));
    show("add", os_epoll_ctl(ep, ADD, fd, IN, 1));
    show("add twice", os_epoll_ctl(ep, ADD, fd, IN, 1));
    os_close(fd);
    show("closed descriptor", os_epoll_ctl(ep, ADD, fd, IN, 1));
    show("wait with no room", os_epoll_wait(ep, event, 0, 0));
    volatile int negative = -1;  // a constant would only make the native compiler warn
    show("wait with less than no room", os_epoll_wait(ep, event, negative, 0));
    show("wait on a pipe", os_epoll_wait(ends[0], event, 1, 0));
    show("read an epoll instance", os_read(ep, event, sizeof event));
    os_close(ep);
    show("wait on a closed one", os_epoll_wait(ep, event, 1, 0));
    show("close it again", os_close(ep));
    os_close(file), os_close(directory), os_close(ends[0]), os_close(ends[1]);
    os_unlink("registered.tmp");
}

static void nesting(void) {
    scenario(12, "nested instances");
    int inner = os_epoll(), outer = os_epoll(), edge = os_epoll(), fd = os_eventfd(0);
    show("eventfd into inner", os_epoll_ctl(inner, ADD, fd, IN, 1));
    show("inner into outer", os_epoll_ctl(outer, ADD, inner, IN, 2));
    show("inner into an edge-triggered outer", os_epoll_ctl(edge, ADD, inner, IN | EDGE, 3));
    show_poll("outer, nothing yet", outer);
    counter_write(fd, 1);
    show_poll("outer", outer);
    show_poll("outer again", outer);
    show_poll("edge", edge);
    show_poll("edge again", edge);
    show_poll("inner", inner);
    show_poll("outer still", outer);
    counter_write(fd, 1);
    show_poll("edge after a second write", edge);
    counter_read(fd);
    show_poll("outer after draining", outer);
    show_poll("inner after draining", inner);
    show("outer into inner", os_epoll_ctl(inner, ADD, outer, IN, 4));
    show("inner into itself", os_epoll_ctl(inner, ADD, inner, IN, 4));
    os_close(fd), os_close(inner), os_close(outer), os_close(edge);

    enum { DEEP = 8 };
    int chain[DEEP];
    for (int i = 0; i < DEEP; i++) chain[i] = os_epoll();
    for (int i = 0; i + 1 < DEEP; i++) show("one deeper, from the inside", os_epoll_ctl(chain[i + 1], ADD, chain[i], IN, 1));
    for (int i = 0; i < DEEP; i++) os_close(chain[i]), chain[i] = os_epoll();
    for (int i = DEEP - 1; i > 0; i--) show("one deeper, from the outside", os_epoll_ctl(chain[i], ADD, chain[i - 1], IN, 1));
    for (int i = 0; i < DEEP; i++) os_close(chain[i]);
}

static void fairness(void) {
    scenario(13, "two hundred ready, sixty-four a wait");
    enum { COUNT = 200, ROOM = 64 };
    static int fds[COUNT];
    static os_event events[ROOM];
    static char seen[COUNT];
    int ep = os_epoll(), distinct = 0;
    for (int i = 0; i < COUNT; i++) {
        fds[i] = os_eventfd(1);
        os_epoll_ctl(ep, ADD, fds[i], IN, (uint64_t)i + 1);
    }
    for (int round = 0; round < 4; round++) {
        int count = os_epoll_wait(ep, events, ROOM, 0);
        for (int i = 0; i < count; i++) {
            uint64_t token = event_token(&events[i]);
            distinct += seen[token - 1] == 0;
            seen[token - 1] = 1;
        }
        print("  %d events, first %d, last %d, seen %d\n", count, (int)event_token(&events[0]),
              (int)event_token(&events[count - 1]), distinct);
    }
    for (int i = 0; i < COUNT; i++) os_close(fds[i]);
    os_close(ep);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    duplicates();
    reused_number();
    refusals();
    nesting();
    fairness();
    return 0;
}
