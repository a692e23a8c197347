/* Signals: what they interrupt, when handlers run, how they are held back. Acceptance scenario 17. */
#include "transcript.h"

enum { SETTLE = 40 };
static volatile int handled, last, is_over, has_written, in_handler, nested, has_raised, ends[2];

static void count(int number) {
    handled++;
    last = number;
}

static const char *name_of(int number) {
    return number == SIGNAL_USER1 ? "USR1" : number == SIGNAL_USER2 ? "USR2"
         : number == SIGNAL_ALARM ? "ALRM" : number == SIGNAL_PIPE ? "PIPE" : number == 0 ? "none" : "?";
}

static void report(const char *what) {
    print("  %s: %d handled, the last %s\n", what, handled, name_of(last));
    handled = last = 0;
}

/* As `report`, where it does not matter how many there were. */
static void report_some(const char *what) {
    print("  %s: %s, the last %s\n", what, handled > 0 ? "handled" : "not handled", name_of(last));
    handled = last = 0;
}

/* One signal to the main thread after a while. */
static void send_later(void *argument) {
    os_sleep(SETTLE * MILLISECONDS);
    os_signal_main_thread(*(int *)argument);
}

/* Signals until the main thread is out of its wait: on a busy machine it may not be in it yet when the first one comes. */
static void send_until_over(void *argument) {
    (void)argument;
    do {
        os_sleep(SETTLE * MILLISECONDS);
        if (!is_over) os_signal_main_thread(SIGNAL_USER1);
    } while (!is_over);
}

static void interrupted(const char *what, long (*wait)(void)) {
    static os_thread sender;
    is_over = 0;
    os_thread_start(&sender, send_until_over, 0);
    long result = wait();
    is_over = 1;
    os_thread_join(&sender);
    show(what, result);
    report_some("then");
}

static int ep;
static os_event event;
static long wait_events(void) { return os_epoll_wait(ep, &event, 1, FOREVER); }
static long wait_bytes(void) {
    char byte;
    return os_read(ends[0], &byte, 1);
}
static long wait_poll(void) {
    os_subscription one = {.fd = ends[0]};
    return os_poll(&one, 1, 5000 * MILLISECONDS);
}

static void waits(void) {
    scenario(17, "signals and waits");
    int pair[2];
    os_pipe(pair);
    ends[0] = pair[0], ends[1] = pair[1];
    ep = os_epoll();
    os_on_signals(count);
    interrupted("epoll_wait", wait_events);
    interrupted("read", wait_bytes);
    interrupted("poll", wait_poll);

    /* What is ready wins over a signal that is there as well. */
    os_epoll_ctl(ep, ADD, ends[0], IN, 1);
    os_write(ends[1], "x", 1);
    os_raise(SIGNAL_USER2);
    report("raised before the wait");
    show_wait("it reports all the same", ep, 1, FOREVER);
    show("read", wait_bytes());

    /* A signal that comes while the thread computes does not interrupt the wait that follows. */
    static os_thread sender;
    static int number = SIGNAL_USER1;
    os_thread_start(&sender, send_later, &number);
    os_thread_join(&sender);
    show_wait("the next wait", ep, 1, 10 * MILLISECONDS);
    report("then");
}

/* The handler writes what the thread waits for, once. */
static void write_byte(int number) {
    handled++, last = number;
    if (!has_written) os_write(ends[1], "y", 1);
    has_written = 1;
}

/* The first of them raises two more: of its own number, which has to wait, and of another one. */
static void nest(int number) {
    nested = in_handler > nested ? in_handler : nested;
    in_handler++;
    if (!has_raised) {
        has_raised = 1;
        os_raise(number);
        os_raise(SIGNAL_USER2);
    }
    in_handler--;
    handled++, last = number;
}

static void handlers(void) {
    print("handlers\n");
    os_on_signals(write_byte);
    show("raise", os_raise(SIGNAL_USER1));
    report("on return");
    show("what it wrote", wait_bytes());
    has_written = 0;
    interrupted("a wait that the handler makes ready", wait_events);
    show("and again", os_epoll_wait(ep, &event, 1, 0));
    show("read", wait_bytes());
    os_on_signals(nest);
    show("raise", os_raise(SIGNAL_USER1));
    print("  deepest: %d\n", nested);
    report("of three");
    show("probe", os_probe_self());
    report("none for that");
}

static void masks(void) {
    print("held back\n");
    os_on_signals(count);
    os_block_signals(1);
    os_raise(SIGNAL_USER2);
    os_raise(SIGNAL_USER1);
    os_raise(SIGNAL_USER1);
    report("blocked");
    show_wait("a wait is not interrupted", ep, 1, 10 * MILLISECONDS);
    os_block_signals(0);
    report("unblocked");
    os_on_signals(0);
    os_raise(SIGNAL_USER1);
    report("without a handler");
}

static void timers(void) {
    print("timers\n");
    os_on_signals(count);
    uint64_t start = os_now();
    show("alarm", os_alarm(30 * MILLISECONDS, 1));
    show("it ends a wait", os_epoll_wait(ep, &event, 1, FOREVER));
    print("  not early: %d\n", os_now() - start >= 30 * MILLISECONDS);
    os_alarm(0, 0);
    report_some("then");
    show("once", os_alarm(30 * MILLISECONDS, 0));
    while (handled == 0) os_epoll_wait(ep, &event, 1, 10 * MILLISECONDS);
    show_wait("only once", ep, 1, 60 * MILLISECONDS);
    report("in all");
    show("again and again", os_alarm(10 * MILLISECONDS, 1));
    while (handled < 4) os_epoll_wait(ep, &event, 1, FOREVER);
    show("no more", os_alarm(0, 0));
    handled = 4;
    report("at least");
    show_wait("silence", ep, 1, 40 * MILLISECONDS);
    report("then");
    /* Also while it computes, if only it calls now and then. */
    os_alarm(10 * MILLISECONDS, 0);
    while (handled == 0) os_now();
    report("between calls");
}

static void broken_pipe(void) {
    print("a write that nobody reads\n");
    os_close(ends[0]);
    show("write", os_write(ends[1], "z", 1));
    report("then");
    os_on_signals(0);
    show("write", os_write(ends[1], "z", 1));
    report("ignored");
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    waits();
    handlers();
    masks();
    timers();
    broken_pipe();
    return 0;
}
