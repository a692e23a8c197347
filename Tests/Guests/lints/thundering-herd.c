/* One byte wakes three threads, and two of them have nothing to do.
 *
 * fire: three threads wait for the same pipe, level-triggered, each in an epoll of its own. A byte comes 25 times a
 * second, for 4 s: all three are woken, one gets it, and the others find nothing. To look at: the wake-ups of
 * `take_byte` against the bytes.
 *
 * guard: three threads wait in one epoll for three pipes, edge-triggered and one-shot. All three pipes are written in
 * one go, all three threads wake, and each finds a byte of its own.
 *
 * Usage: thundering-herd fire|guard */
#include "lint.h"

enum { THREADS = 3 };

static int readers[THREADS], writers[THREADS], shared_ep;
/* Of the last byte: how many threads were told of it. */
static int told;

static void open_pipes(int count) {
    for (int i = 0; i < count; i++) {
        int ends[2];
        require(os_pipe(ends), "pipe");
        require(os_nonblocking(ends[0]), "O_NONBLOCK");
        readers[i] = ends[0], writers[i] = ends[1];
    }
}

/* Whether the end was met. The work before the read lasts until all are told, or 8 ms. */
ON_STACK static int take_byte(int fd) {
    char byte;
    uint64_t end = os_now() + 8 * MILLISECONDS;
    __atomic_fetch_add(&told, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&told, __ATOMIC_SEQ_CST) < THREADS && os_now() < end) {
        compute(100);
        os_yield();
    }
    return os_read(fd, &byte, 1) == 0;
}

static void waiter(void *argument) {
    int ep = (int)require(os_epoll(), "epoll");
    (void)argument;
    watch(ep, readers[0], IN);
    for (os_event event;;)
        if (wait_for(ep, &event, 1, FOREVER) > 0 && take_byte(readers[0])) break;
    os_close(ep);
}

static void feed(void (*body)(void *), int pipes, uint64_t end) {
    static os_thread threads[THREADS];
    for (int i = 0; i < THREADS; i++) start(&threads[i], body);
    while (elapsed_ms() < end) {
        sleep_ms(40);
        __atomic_store_n(&told, 0, __ATOMIC_SEQ_CST);
        for (int i = 0; i < pipes; i++) put(writers[i], "b", 1);
    }
    for (int i = 0; i < pipes; i++) os_close(writers[i]);
    for (int i = 0; i < THREADS; i++) os_thread_join(&threads[i]);
}

static void fire(void) {
    open_pipes(1);
    feed(waiter, 1, FIRE_MS);
}

/* ---- */

/* Works until a pipe has ended: there are as many pipes as threads. */
static void sharing_waiter(void *argument) {
    (void)argument;
    for (os_event event;;) {
        if (wait_for(shared_ep, &event, 1, FOREVER) == 0) continue;
        int fd = (int)event_token(&event);
        if (drain(fd)) {
            os_close(fd);
            return;
        }
        rearm(shared_ep, fd, IN | EDGE | ONESHOT);
    }
}

static void guard(void) {
    shared_ep = (int)require(os_epoll(), "epoll");
    open_pipes(THREADS);
    for (int i = 0; i < THREADS; i++) watch(shared_ep, readers[i], IN | EDGE | ONESHOT);
    feed(sharing_waiter, THREADS, GUARD_MS);
}
