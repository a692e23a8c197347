/* Waits that signals end again and again.
 *
 * fire: a thread signals the main thread over a hundred times a second, as a sampling timer would, for 4 s; each
 * signal ends the main thread's epoll_wait with INTR. To look at: the waits in `wait_through_signals`, most of which
 * end so.
 *
 * guard: as many signals, but the main thread sends them to itself, between its waits: none is interrupted.
 *
 * Usage: eintr-storm fire|guard */
#include "lint.h"

static volatile int is_over;

static void ignore(int number) { (void)number; }

static void sampler(void *argument) {
    (void)argument;
    while (elapsed_ms() < FIRE_MS) {
        if (os_signal_main_thread(SIGNAL_USER1) < 0) {
            print("signal to another thread: %s\n", os_error);
            os_exit(77);
        }
        sleep_ms(6);
    }
    is_over = 1;
}

/* How many were interrupted. */
ON_STACK static int wait_through_signals(int ep) {
    os_event event;
    int interrupted = 0;
    while (!is_over) {
        int count = os_epoll_wait(ep, &event, 1, 100 * MILLISECONDS);
        if (count < 0 && failed_with("INTR"))
            interrupted++;
        else
            require(count, "epoll_wait");
    }
    return interrupted;
}

static int open_epoll(void) {
    int ep = (int)require(os_epoll(), "epoll");
    watch(ep, (int)require(os_eventfd(0), "eventfd"), IN);
    os_on_signals(ignore);
    return ep;
}

static void fire(void) {
    static os_thread thread;
    int ep = open_epoll();
    start(&thread, sampler);
    print("%d waits were interrupted\n", wait_through_signals(ep));
}

static void guard(void) {
    os_event event;
    int ep = open_epoll();
    while (elapsed_ms() < GUARD_MS) {
        require(os_signal_main_thread(SIGNAL_USER1), "signal");
        require(os_epoll_wait(ep, &event, 1, 8 * MILLISECONDS), "epoll_wait");
    }
}
