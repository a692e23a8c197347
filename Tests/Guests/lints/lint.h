/* What the guests of this directory share. Each shows one fault as `fire` and its harmless double as `guard`; both are
 * functions of the guest. Times are milliseconds since the start. */
#ifndef LINT_H
#define LINT_H

#include "../portable.h"

/* A function that has to be seen on stacks. */
#define ON_STACK __attribute__((noinline))

/* How long a fault goes on that does not hang, and how long its double runs. */
enum { FIRE_MS = 4000, GUARD_MS = 3000 };

static void fire(void);
static void guard(void);

static uint64_t began;

static uint64_t elapsed_ms(void) { return (os_now() - began) / MILLISECONDS; }

static long require(long value, const char *what) {
    if (value >= 0) return value;
    print("%s: %s\n", what, os_error);
    os_exit(1);
}

static int failed_with(const char *name) { return strcmp(os_error, name) == 0; }

static void start(os_thread *handle, void (*body)(void *)) { require(os_thread_start(handle, body, 0), "thread"); }

/* Sleeps until that time. */
static void idle_until(uint64_t end) {
    for (uint64_t time; (time = elapsed_ms()) < end;) sleep_ms(end - time < 200 ? end - time : 200);
}

_Noreturn static void idle_for_ever(void) {
    for (;;) sleep_ms(500);
}

/* Registers `fd` with its number as token. */
static void watch(int ep, int fd, uint32_t mask) {
    require(os_epoll_ctl(ep, ADD, fd, mask, (uint64_t)fd), "epoll_ctl ADD");
}

static void rearm(int ep, int fd, uint32_t mask) {
    require(os_epoll_ctl(ep, MOD, fd, mask, (uint64_t)fd), "epoll_ctl MOD");
}

static void forget(int ep, int fd) { require(os_epoll_ctl(ep, DEL, fd, 0, 0), "epoll_ctl DEL"); }

static int wait_for(int ep, os_event *events, int max, uint64_t nanoseconds) {
    int count = os_epoll_wait(ep, events, max, nanoseconds);
    if (count < 0 && failed_with("INTR")) return 0;
    return (int)require(count, "epoll_wait");
}

static void put(int fd, const void *bytes, size_t count) { require(os_write(fd, bytes, count), "write"); }

/* Reads until AGAIN. Whether the end of the stream was met. */
static int drain(int fd) {
    char buffer[512];
    for (;;) {
        long count = os_read(fd, buffer, sizeof buffer);
        if (count == 0) return 1;
        if (count < 0 && failed_with("AGAIN")) return 0;
        if (count < 0 && !failed_with("INTR")) require(count, "read");
    }
}

/* An event counter is added to, and emptied. */
static void notify(int fd, uint64_t count) { put(fd, &count, sizeof count); }
static uint64_t take(int fd) {
    uint64_t count = 0;
    require(os_read(fd, &count, sizeof count), "read of an event counter");
    return count;
}

/* Whether something to read came within that time. */
static int comes_within(int fd, uint64_t milliseconds) {
    os_subscription one = {.fd = fd};
    int count = os_poll(&one, 1, milliseconds * MILLISECONDS);
    if (count < 0 && failed_with("INTR")) return 0;
    return require(count, "poll") > 0;
}

/* Keeps the processor busy for some microseconds, without a call. */
static void compute_a_little(uint32_t steps) {
    static _Thread_local volatile uint32_t sink;
    for (uint32_t i = 0; i < steps; i++) sink = sink * 1664525 + 1013904223;
}

/* Keeps the processor busy that long; it seldom looks at the clock, which is a call. */
static void compute(uint64_t microseconds) {
    uint64_t end = os_now() + microseconds * 1000;
    do
        compute_a_little(100000);
    while (os_now() < end);
}

int guest_main(int argc, char **argv) {
    began = os_now();
    if (argc == 2 && strcmp(argv[1], "fire") == 0)
        fire();
    else if (argc == 2 && strcmp(argv[1], "guard") == 0)
        guard();
    else {
        print_to(2, "usage: %s fire|guard\n", argv[0]);
        return 64;
    }
    return 0;
}

#endif
