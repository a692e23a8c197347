/* What processes share after a fork: pipes and who still holds their ends, offsets of files, flags, epoll instances. And what
 * they do not: each has its own descriptors and its own working directory.
 * Needs a directory to work in, with write access. */
#include "children.h"

enum { BIG = 200000 };

static void pipes(void) {
    print("pipes\n");
    int ends[2], pid;
    char text[16] = {0};
    os_pipe(ends);
    if ((pid = os_fork_or_end()) == 0) {
        os_write(ends[1], "from below", 10);
        os_exit(0);
    }
    os_close(ends[1]);
    print("  %d bytes: %s\n", (int)read_whole(ends[0], text, 10), text);
    show("then", read_whole(ends[0], text, 1));
    show_end("the child", pid);
    os_close(ends[0]);

    os_pipe(ends);
    if ((pid = os_fork_or_end()) == 0) {
        os_sleep(30 * MILLISECONDS);
        os_exit(0);
    }
    os_close(ends[1]);
    show("a read that waits for the last writer's end", read_whole(ends[0], text, 1));
    os_close(ends[0]);
    show_end("the child", pid);

    os_pipe(ends);
    os_pipe(gate);
    number = 0;
    pid = child_of(wait_at_gate);
    os_close(ends[0]);
    show("a write while the child could read", os_write(ends[1], "x", 1));
    open_gate();
    show_end("the child", pid);
    show("a write when nobody can", os_write(ends[1], "x", 1));
    os_close(ends[1]);

    os_pipe(ends);
    static unsigned char bytes[BIG];
    if ((pid = os_fork_or_end()) == 0) {
        long done = 0;
        for (int i = 0; i < BIG; i++) bytes[i] = (unsigned char)(i * 7);
        for (long count; done < BIG && (count = os_write(ends[1], bytes + done, (size_t)(BIG - done))) > 0;) done += count;
        os_exit(done == BIG);
    }
    os_close(ends[1]);
    int right = read_whole(ends[0], bytes, BIG) == BIG;
    for (int i = 0; i < BIG; i++) right &= bytes[i] == (unsigned char)(i * 7);
    print("  more than fits: %d\n", right);
    show_end("the child", pid);
    os_close(ends[0]);
}

static void offsets(void) {
    print("offsets\n");
    write_file("shared.tmp", "0123456789");
    int file = file_open(CURRENT, "shared.tmp", MAY_READ | MAY_WRITE), own = file_open(CURRENT, "shared.tmp", MAY_READ);
    int copy = os_dup(file), pid = os_fork_or_end();
    char byte = 0;
    if (pid == 0) {
        os_write(file, "abc", 3);
        os_read(own, &byte, 1);
        os_exit((int)file_seek(copy, 0, FROM_HERE));
    }
    show_end("the child wrote", pid);
    show("the parent's offset", file_seek(file, 0, FROM_HERE));
    show("of its duplicate", file_seek(copy, 0, FROM_HERE));
    show("of the other", file_seek(own, 0, FROM_HERE));
    os_read(file, &byte, 1);
    print("  goes on at %c\n", byte);
    if ((pid = os_fork_or_end()) == 0) {
        int late = file_open(CURRENT, "shared.tmp", MAY_READ);
        file_seek(late, 7, FROM_START);
        os_exit((int)file_seek(own, 2, FROM_START));
    }
    show_end("the child moved", pid);
    os_read(own, &byte, 1);
    print("  goes on at %c, the other at %d\n", byte, (int)file_seek(file, 0, FROM_HERE));
    os_close(file), os_close(copy), os_close(own);
    file_unlink(CURRENT, "shared.tmp");
}

static int of_child, of_parent[2];

static int change_descriptors(void) {
    os_close(of_parent[0]);
    os_renumber(1, of_child);
    os_nonblocking(of_parent[1]);
    int later = os_eventfd(0);
    return file_close_on_exec(gate[0]) * 10 + (later >= 0);
}

static void descriptors(void) {
    print("descriptors\n");
    int ends[2];
    os_pipe(of_parent), os_pipe(ends), os_pipe(gate);
    of_child = ends[1];
    file_set_close_on_exec(gate[0], 1);
    int lowest = os_dup(0);
    os_close(lowest);
    show_end("a child that closes, replaces and opens", child_of(change_descriptors));
    show("what it closed", os_write(of_parent[1], "x", 1));
    show("what it replaced", os_write(ends[1], "y", 1));
    print("  not blocking, for both: %d\n", (file_flags(of_parent[1]) & NONBLOCKING) != 0);
    int next = os_dup(0);
    print("  what it opened is not here: %d\n", next == lowest);
    os_close(next);
    open_gate();
    for (int i = 0; i < 2; i++) os_close(of_parent[i]), os_close(ends[i]);

    file_mkdir(CURRENT, "below");
    static char here[LONGEST_PATH], later[LONGEST_PATH];
    file_getcwd(here, sizeof here);
    int pid = os_fork_or_end();
    if (pid == 0) os_exit(file_chdir("below") == 0 ? 0 : 1);
    show_end("a child that goes elsewhere", pid);
    file_getcwd(later, sizeof later);
    print("  the parent stays: %d\n", strcmp(here, later) == 0);
    file_rmdir(CURRENT, "below");
}

/* ---- epoll ---- */

static int ep, watched[2], rounds;

/* What the child may look at, and answers how many events there were. */
static int take(void) {
    os_event events[4];
    char byte;
    int count = os_epoll_wait(ep, events, 4, 0);
    if (rounds > 0) os_read(watched[0], &byte, 1);
    return count;
}

static void instances(void) {
    scenario(20, "an instance that is shared");
    os_pipe(watched);
    ep = os_epoll();
    os_epoll_ctl(ep, ADD, watched[0], IN, 1);
    show_poll("nothing", ep);
    os_write(watched[1], "xy", 2);
    show_poll("two bytes", ep);
    show_end("the child looks", child_of(take));
    show_poll("level-triggered, still", ep);
    rounds = 1;
    show_end("the child reads", child_of(take));
    show_poll("one is left", ep);
    show_end("the child reads", child_of(take));
    show_poll("none is left", ep);
    rounds = 0;
    os_epoll_ctl(ep, MOD, watched[0], IN | EDGE, 2);
    os_write(watched[1], "z", 1);
    show_end("the child takes the edge", child_of(take));
    show_poll("no edge is left", ep);

    /* What the child registers, the parent is told of, as long as it is open somewhere. */
    number = 0;
    int ready[2], pid;
    os_pipe(gate), os_pipe(ready);
    if ((pid = os_fork_or_end()) == 0) {
        int own = os_eventfd(1);
        os_epoll_ctl(ep, ADD, own, IN, 3);
        os_close(ready[1]);
        os_exit(wait_at_gate());
    }
    char byte;
    os_close(ready[1]);
    read_whole(ready[0], &byte, 1);
    show_poll("the child's own", ep);
    open_gate();
    show_end("the child", pid);
    show_poll("it went with the child", ep);
    os_close(ready[0]), os_close(ep), os_close(watched[0]), os_close(watched[1]);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    pipes();
    offsets();
    descriptors();
    instances();
    return 0;
}
