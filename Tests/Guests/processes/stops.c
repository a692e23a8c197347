/* Processes that are stopped and go on: what the parent sees of it, and what waits until then. */
#include "processes.h"

static volatile int handled;

static void count(int number) {
    (void)number;
    handled++;
}

/* Writes a byte every now and then, until it has been told to end. */
static _Noreturn void tick(int fd) {
    while (handled == 0) {
        os_write(fd, ".", 1);
        os_poll(0, 0, 5 * MILLISECONDS);
    }
    os_exit(4);
}

static void drop(int fd) {
    char bytes[256];
    while (os_read(fd, bytes, sizeof bytes) > 0) {}
}

static long ticks_within(int fd, uint64_t nanoseconds) {
    char bytes[256];
    os_sleep(nanoseconds);
    long count = os_read(fd, bytes, sizeof bytes);
    return count > 0;
}

static int wait_for_tick(int fd) {
    os_subscription one = {.fd = fd};
    int count;
    do count = os_poll(&one, 1, FOREVER);
    while (is_interrupted(count));
    return count;
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    int ends[2], status, pid;
    os_handle(SIGNAL_USER1, count);
    os_pipe(ends);
    if ((pid = os_fork_or_end()) == 0) tick(ends[1]);
    wait_for_tick(ends[0]);
    os_nonblocking(ends[0]);
    show("nothing yet", wait_for(pid, NO_HANG | WAKE_STOPPED, &status));
    show("STOP", os_kill(pid, SIGNAL_STOP));
    int answer = wait_for(pid, WAKE_STOPPED, &status);
    print("  the parent is told %d, %s\n", answer == pid, name_of_status(status).text);
    show("once", wait_for(pid, NO_HANG | WAKE_STOPPED, &status));
    drop(ends[0]);
    print("  it ticks: %d\n", (int)ticks_within(ends[0], 50 * MILLISECONDS));
    show("CONT", os_kill(pid, SIGNAL_CONTINUE));
    show("it ticks again", wait_for_tick(ends[0]));

    os_kill(pid, SIGNAL_STOP);
    wait_for(ANY_CHILD, WAKE_STOPPED, &status);
    print("  stopped again: %s\n", name_of_status(status).text);
    show("USR1 to one that is stopped", os_kill(pid, SIGNAL_USER1));
    os_sleep(30 * MILLISECONDS);
    show("it is not handled", wait_for(pid, NO_HANG, &status));
    os_kill(pid, SIGNAL_CONTINUE);
    show_end("but then", pid);

    drop(ends[0]);
    if ((pid = os_fork_or_end()) == 0) tick(ends[1]);
    wait_for_tick(ends[0]);
    os_kill(pid, SIGNAL_STOP);
    wait_for(pid, WAKE_STOPPED, &status);
    show("KILL to one that is stopped", os_kill(pid, SIGNAL_KILL));
    show_end("the child", pid);
    return 0;
}
