/* Items that are ready and wait their turn, because a wait returns too few at a time.
 *
 * fire: 24 sources become ready together, and the loop asks for one event at a time: the last one is ready for 23
 * waits before it is told. Ten times a second, for 4 s. To look at: maxevents 1 of the waits of `handle_batch`,
 * against 24 items that are ready.
 *
 * guard: the same 24 sources, four at a time: no item waits for more than five waits.
 *
 * Usage: wait-order-starvation fire|guard */
#include "lint.h"

enum { SOURCES = 24, MOST = 4 };

static int sources[SOURCES], ep;

/* How many there were. */
ON_STACK static int handle_batch(int most, uint64_t timeout) {
    os_event events[MOST];
    int count = wait_for(ep, events, most, timeout);
    for (int i = 0; i < count; i++) take((int)event_token(&events[i]));
    return count;
}

static void run(int most, uint64_t end) {
    ep = (int)require(os_epoll(), "epoll");
    for (int i = 0; i < SOURCES; i++) {
        sources[i] = (int)require(os_eventfd(0), "eventfd");
        watch(ep, sources[i], IN);
    }
    while (elapsed_ms() < end) {
        for (int i = 0; i < SOURCES; i++) notify(sources[i], 1);
        for (int left = SOURCES; left > 0;) left -= handle_batch(most, FOREVER);
        handle_batch(most, 100 * MILLISECONDS);
    }
}

static void fire(void) { run(1, FIRE_MS); }
static void guard(void) { run(MOST, GUARD_MS); }
