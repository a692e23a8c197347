/* Signals between processes, and what a parent is told when a child ends. */
#include "processes.h"

enum { SETTLE = 40 };
static volatile int handled, last, reaped, reaped_status;
static int ready[2];

static void count(int number) {
    handled++;
    last = number;
}

static void report(const char *what) {
    print("  %s: %d handled, the last %s\n", what, handled,
          last == SIGNAL_USER1 ? "USR1" : last == SIGNAL_CHILD ? "CHLD" : last == SIGNAL_TERMINATE ? "TERM" : "none");
    handled = last = 0;
}

/* Until the handler has run `times` times: what sends is another process. */
static void wait_until_handled(int times) {
    for (int i = 0; i < 1000 && handled < times; i++) os_poll(0, 0, 10 * MILLISECONDS);
}

/* A child that says when it is at `body`, which answers its exit code. */
static int child_at(int (*body)(void)) {
    char byte = 0;
    os_pipe(ready);
    int pid = os_fork_or_end();
    if (pid == 0) {
        os_write(ready[1], &byte, 1);
        os_exit(body());
    }
    read_whole(ready[0], &byte, 1);
    os_close(ready[0]), os_close(ready[1]);
    return pid;
}

static int sleep_long(void) {
    for (int i = 0; i < 1000; i++) os_sleep(10 * MILLISECONDS);
    return 1;
}
static int wait_for_ever(void) {
    char byte;
    int ends[2];
    os_pipe(ends);
    return (int)os_read(ends[0], &byte, 1);
}
static int spin(void) {
    static volatile unsigned turns = 1;
    while (turns != 0) turns |= 1;
    return 0;
}
static int wait_for_handler(void) {
    wait_until_handled(1);
    return handled * 50 + last;
}
static int end_at_once(void) { return 9; }

/* ---- kill ---- */

static void killed(const char *what, int (*body)(void), int number) {
    int pid = child_at(body);
    show(what, os_kill(pid, number));
    show_end("the child", pid);
}

static void kills(void) {
    print("kill\n");
    killed("TERM to one that sleeps", sleep_long, SIGNAL_TERMINATE);
    killed("TERM to one that waits", wait_for_ever, SIGNAL_TERMINATE);
    killed("USR1 without a handler", wait_for_ever, SIGNAL_USER1);
    killed("KILL to one that waits", wait_for_ever, SIGNAL_KILL);
    killed("KILL to one that computes", spin, SIGNAL_KILL);
    os_handle(SIGNAL_USER1, count);
    os_handle(SIGNAL_TERMINATE, count);
    killed("USR1 with the parent's handler", wait_for_handler, SIGNAL_USER1);
    killed("TERM with the parent's handler", wait_for_handler, SIGNAL_TERMINATE);
    killed("KILL all the same", sleep_long, SIGNAL_KILL);
    os_handle(SIGNAL_TERMINATE, 0);
    report("in the parent");

    int pid = child_at(wait_for_handler);
    show("CHLD does no harm", os_kill(pid, SIGNAL_CHILD));
    show("nor does 0", os_kill(pid, 0));
    show("USR1", os_kill(pid, SIGNAL_USER1));
    show_end("the child", pid);
    show("0 to one that is gone", os_kill(pid, 0));
    show("TERM to one that is gone", os_kill(pid, SIGNAL_TERMINATE));

    /* It has closed the pipe, so it has ended or is about to. */
    int ends[2];
    char byte;
    os_pipe(ends);
    if ((pid = os_fork_or_end()) == 0) os_exit(end_at_once());
    os_close(ends[1]);
    show("it ends", read_whole(ends[0], &byte, 1));
    os_close(ends[0]);
    show("0 before it is reaped", os_kill(pid, 0));
    show("USR1 before it is reaped", os_kill(pid, SIGNAL_USER1));
    show_end("the child", pid);

    if ((pid = os_fork_or_end()) == 0) {
        show("USR1 to the parent", os_kill(os_parent(), SIGNAL_USER1));
        os_exit(0);
    }
    show_end("the child", pid);
    wait_until_handled(1);
    report("in the parent");

    if ((pid = os_fork_or_end()) == 0) {
        show("USR1 to itself", os_kill(os_process_id(), SIGNAL_USER1));
        report("before kill returns");
        os_kill(os_process_id(), SIGNAL_TERMINATE);
        os_exit(1);
    }
    show_end("TERM to itself", pid);

    /* To a sibling, whose number it has from the parent. */
    int sibling = child_at(wait_for_ever);
    if ((pid = os_fork_or_end()) == 0) os_exit(os_kill(sibling, SIGNAL_TERMINATE) == 0 ? 3 : 4);
    show_end("one that sends to its sibling", pid);
    show_end("the sibling", sibling);
    os_handle(SIGNAL_USER1, 0);
}

/* What is on its way to the parent, or will be, is not the child's. */
static int handled_within(uint64_t milliseconds) {
    uint64_t end = os_now() + milliseconds * MILLISECONDS;
    while (os_now() < end) os_poll(0, 0, 10 * MILLISECONDS);
    return handled;
}

static void not_inherited(void) {
    print("not inherited\n");
    static const int used[] = {SIGNAL_USER1, SIGNAL_USER2, SIGNAL_ALARM};
    for (int i = 0; i < 3; i++) os_handle(used[i], count);
    os_alarm(20 * MILLISECONDS, 1);
    int pid = os_fork_or_end();
    if (pid == 0) {
        handled = 0;
        os_exit(handled_within(80));
    }
    show_end("the timer", pid);
    wait_until_handled(1);
    os_alarm(0, 0);
    handled = 0;
    os_block_signals(1);
    os_raise(SIGNAL_USER1);
    if ((pid = os_fork_or_end()) == 0) {
        os_raise(SIGNAL_USER2);
        int before = handled;
        os_block_signals(0);
        os_exit(before * 100 + handled * 10 + (last == SIGNAL_USER2));
    }
    show_end("what waits behind the mask, which is the child's too", pid);
    os_block_signals(0);
    report("in the parent");
    for (int i = 0; i < 3; i++) os_handle(used[i], 0);
}

/* ---- what a parent is told ---- */

static void reap(int number) {
    int status;
    handled++;
    last = number;
    for (int pid; (pid = wait_for(ANY_CHILD, NO_HANG, &status)) > 0;) {
        reaped++;
        reaped_status = status;
    }
}

static void child_signals(void) {
    print("a child has ended\n");
    os_handle(SIGNAL_CHILD, count);
    int pid = child_at(end_at_once);
    wait_until_handled(1);
    report("one");
    show_end("the child", pid);
    report("none for that");

    pid = child_at(wait_for_ever);
    os_kill(pid, SIGNAL_TERMINATE);
    wait_until_handled(1);
    report("one that was killed");
    show_end("the child", pid);

    os_handle(SIGNAL_CHILD, reap);
    pid = child_at(end_at_once);
    wait_until_handled(1);
    report("the handler waits");
    print("  it has reaped %d, %s\n", reaped, name_of_status(reaped_status).text);
    show_end("nothing is left", pid);
    for (int i = 0; i < 20; i++)
        if (os_fork_or_end() == 0) os_exit(0);
    for (int i = 0; i < 1000 && reaped < 21; i++) os_poll(0, 0, 10 * MILLISECONDS);
    print("  of twenty at once all are reaped: %d\n", reaped == 21);

    /* On a busy machine the child may have ended before the wait; then another one does. */
    os_handle(SIGNAL_CHILD, count);
    long answer = 0;
    for (int i = 0; i < 20 && answer == 0; i++) {
        handled = 0;
        if ((pid = os_fork_or_end()) == 0) {
            os_sleep(SETTLE * MILLISECONDS);
            os_exit(0);
        }
        answer = os_poll(0, 0, 1000 * MILLISECONDS);
        if (handled == 0) wait_until_handled(1);
        int status;
        wait_for(pid, 0, &status);
    }
    show("it ends another wait", answer);
    report("once");

    os_handle(SIGNAL_CHILD, 0);
    pid = child_at(end_at_once);
    show_end("without a handler", pid);
    report("none");
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    kills();
    not_inherited();
    child_signals();
    return 0;
}
