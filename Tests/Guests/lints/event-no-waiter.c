/* An event that nobody listens to.
 *
 * fire: the worker writes "done" to an event counter that is in no epoll and that no thread reads or polls; the main
 * thread looks ten times a second at a variable that nobody sets, for 4 s. To look at: the counter is above 0 since
 * `announce_result`.
 *
 * guard: a counter is above 0 all the time, too, and its own number is in no epoll. It is a waker: a duplicate of it
 * is registered edge-triggered, each write wakes the loop, and there is no need to read it.
 *
 * Usage: event-no-waiter fire|guard */
#include "lint.h"

static int done, ep;
static volatile int has_result, is_over;
static volatile uint64_t wakeups;

ON_STACK static void announce_result(void) { notify(done, 1); }

static void worker(void *argument) {
    (void)argument;
    sleep_ms(50);
    announce_result();
}

static void fire(void) {
    static os_thread thread;
    done = (int)require(os_eventfd(0), "eventfd");
    start(&thread, worker);
    while (!has_result && elapsed_ms() < FIRE_MS) sleep_ms(100);
    os_thread_join(&thread);
}

/* ---- */

static void loop(void *argument) {
    (void)argument;
    for (os_event event; !is_over;)
        if (wait_for(ep, &event, 1, FOREVER) > 0) wakeups++;
}

static void guard(void) {
    static os_thread thread;
    done = (int)require(os_eventfd(0), "eventfd");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, (int)require(os_dup(done), "dup"), IN | EDGE);
    start(&thread, loop);
    while (elapsed_ms() < GUARD_MS) {
        announce_result();
        sleep_ms(600);
    }
    is_over = 1;
    announce_result();
    os_thread_join(&thread);
}
