/* A handler that keeps its loop from waiting.
 *
 * fire: each request makes the loop compute for 80 ms, twice a second, for 4 s. To look at: the time between the
 * return of a wait and the next wait, nearly all of it in the guest's own code, in `render_page`.
 *
 * guard: only the first turn of the loop is slow, 80 ms to fill its tables; all later ones take 2 ms.
 *
 * Usage: slow-handler fire|guard */
#include "lint.h"

static int requests, ep;
static uint64_t first_cost, cost;
static volatile int is_over;

ON_STACK static void render_page(uint64_t microseconds) { compute(microseconds); }

static void loop(void *argument) {
    (void)argument;
    uint64_t next = first_cost;
    for (os_event event; !is_over;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        take(requests);
        render_page(next);
        next = cost;
    }
}

static void run(uint64_t pause, uint64_t end) {
    static os_thread thread;
    requests = (int)require(os_eventfd(0), "eventfd");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, requests, IN);
    start(&thread, loop);
    while (elapsed_ms() < end) {
        notify(requests, 1);
        sleep_ms(pause);
    }
    is_over = 1;
    notify(requests, 1);
    os_thread_join(&thread);
}

static void fire(void) {
    first_cost = cost = 80000;
    run(500, FIRE_MS);
}

static void guard(void) {
    first_cost = 80000, cost = 2000;
    run(100, GUARD_MS);
}
