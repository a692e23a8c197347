/* Many descriptors, handed over with every wait.
 *
 * fire: 100 event counters are watched with poll_oneoff, and each call takes one message: some 300 calls a second, for
 * 4 s, with 101 subscriptions each. To look at: the subscriptions and the rate of the calls in `take_one`.
 *
 * guard: as many calls a second with 60 subscriptions, then 100 subscriptions ten times a second.
 *
 * Usage: poll-for-many fire|guard */
#include "lint.h"

enum { COUNTERS = 100 };

static int counters[COUNTERS], watched;
static volatile int is_over;

/* The first that has something. */
ON_STACK static void take_one(void) {
    os_subscription all[COUNTERS];
    for (int i = 0; i < watched; i++) all[i] = (os_subscription){.fd = counters[i]};
    if (require(os_poll(all, watched, 200 * MILLISECONDS), "poll") == 0) return;
    for (int i = 0; i < watched; i++) {
        if (!all[i].fired) continue;
        take(counters[i]);
        return;
    }
}

static void poller(void *argument) {
    (void)argument;
    while (!is_over) take_one();
}

static void run(int count, int burst, uint64_t pause, uint64_t end) {
    static os_thread thread;
    watched = count, is_over = 0;
    start(&thread, poller);
    for (int next = 0; elapsed_ms() < end;) {
        for (int i = 0; i < burst; i++) notify(counters[next++ % watched], 1);
        sleep_ms(pause);
    }
    is_over = 1;
    os_thread_join(&thread);
}

static void open_counters(void) {
    for (int i = 0; i < COUNTERS; i++) counters[i] = (int)require(os_eventfd(0), "eventfd");
}

static void fire(void) {
    open_counters();
    run(COUNTERS, 4, 12, FIRE_MS);
}

static void guard(void) {
    open_counters();
    run(60, 4, 12, GUARD_MS / 2);
    run(COUNTERS, 1, 100, GUARD_MS - 200);
}
