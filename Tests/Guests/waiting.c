/* Acceptance scenarios 14 to 16: threads that wait, and how long. */
#include "transcript.h"

enum { WAITERS = 4, SETTLE = 100 };

typedef struct {
    os_thread thread;
    int ep;
    uint64_t patience;
    int count;
    os_event event;
} waiter;

static void wait_once(void *argument) {
    waiter *self = argument;
    self->count = os_epoll_wait(self->ep, &self->event, 1, self->patience);
}

static void waiter_start(waiter *self, int ep, uint64_t patience) {
    self->ep = ep;
    self->patience = patience;
    os_thread_start(&self->thread, wait_once, self);
}

static void waiter_show(waiter *self) {
    os_thread_join(&self->thread);
    print("  woken with %d [%d %s]\n", self->count, (int)event_token(&self->event),
          names_of(event_bits(&self->event)).text);
}

static void woken_by_others(void) {
    scenario(14, "a waiting thread is woken by what others do");
    static waiter one;
    int ep = os_epoll(), fd = os_eventfd(1);
    waiter_start(&one, ep, FOREVER);
    os_sleep(SETTLE * MILLISECONDS);
    show("add a ready one", os_epoll_ctl(ep, ADD, fd, IN, 1));
    waiter_show(&one);

    show("mask it", os_epoll_ctl(ep, MOD, fd, 0, 2));
    waiter_start(&one, ep, FOREVER);
    os_sleep(SETTLE * MILLISECONDS);
    show("unmask it", os_epoll_ctl(ep, MOD, fd, IN, 3));
    waiter_show(&one);

    counter_read(fd);
    waiter_start(&one, ep, FOREVER);
    os_sleep(SETTLE * MILLISECONDS);
    show("write it", counter_write(fd, 1));
    waiter_show(&one);
    os_close(fd);

    int ends[2];
    os_pipe(ends);
    os_epoll_ctl(ep, ADD, ends[0], IN, 4);
    waiter_start(&one, ep, FOREVER);
    os_sleep(SETTLE * MILLISECONDS);
    show("close the writer", os_close(ends[1]));
    waiter_show(&one);
    os_close(ends[0]), os_close(ep);
}

static void many_waiters(void) {
    scenario(15, "several waiters");
    static waiter all[WAITERS];
    int ep = os_epoll(), fd = os_eventfd(0), woken = 0;
    os_epoll_ctl(ep, ADD, fd, IN | EDGE, 1);
    for (int i = 0; i < WAITERS; i++) waiter_start(&all[i], ep, 5 * SETTLE * MILLISECONDS);
    os_sleep(SETTLE * MILLISECONDS);
    counter_write(fd, 1);
    for (int i = 0; i < WAITERS; i++) {
        os_thread_join(&all[i].thread);
        woken += all[i].count;
    }
    print("  one edge woke %d\n", woken);
    os_close(fd);

    int fds[WAITERS];
    for (int i = 0; i < WAITERS; i++) {
        fds[i] = os_eventfd(0);
        os_epoll_ctl(ep, ADD, fds[i], IN, (uint64_t)i + 1);
    }
    for (int i = 0; i < WAITERS; i++) waiter_start(&all[i], ep, FOREVER);
    os_sleep(SETTLE * MILLISECONDS);
    for (int i = 0; i < WAITERS; i++) counter_write(fds[i], 1);
    woken = 0;
    for (int i = 0; i < WAITERS; i++) {
        os_thread_join(&all[i].thread);
        woken += all[i].count;
    }
    print("  four level-triggered descriptors woke %d\n", woken);
    for (int i = 0; i < WAITERS; i++) os_close(fds[i]);
    os_close(ep);
}

static void write_later(void *argument) {
    os_sleep(50 * MILLISECONDS);
    counter_write(*(int *)argument, 1);
}

static void timeouts(void) {
    scenario(16, "timeouts");
    static os_thread writer;
    static int fd;
    int ep = os_epoll();
    fd = os_eventfd(0);
    os_epoll_ctl(ep, ADD, fd, IN, 1);
    uint64_t start = os_now();
    show_wait("50 ms", ep, 1, 50 * MILLISECONDS);
    print("  not early: %d\n", os_now() - start >= 50 * MILLISECONDS);
    start = os_now();
    show_wait("0 ms", ep, 1, 0);
    print("  at once: %d\n", os_now() - start < 50 * MILLISECONDS);
    start = os_now();
    os_thread_start(&writer, write_later, &fd);
    show_wait("forever", ep, 1, FOREVER);
    print("  waited for the writer: %d\n", os_now() - start >= 50 * MILLISECONDS);
    os_thread_join(&writer);
    os_close(fd), os_close(ep);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    woken_by_others();
    many_waiters();
    timeouts();
    return 0;
}
