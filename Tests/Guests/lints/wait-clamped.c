/* Waits that always return as much as they can.
 *
 * fire: 128 sources have six events each, and the loop asks for 64 at a time, which is the most the C library of WASIX
 * passes on, whatever a program asks: twelve waits in a row return exactly 64. Four times a second, for 4 s. To look
 * at: asked 64, returned 64, in `handle_batch`.
 *
 * guard: waits that ask for 64 return 63, and waits that ask for 100 return all of 100.
 *
 * Usage: wait-clamped fire|guard */
#include "lint.h"

enum { MOST = 128 };

static int sources[MOST], ep;

static void open_sources(int count) {
    ep = (int)require(os_epoll(), "epoll");
    for (int i = 0; i < count; i++) {
        sources[i] = (int)require(os_semaphore(0), "eventfd");
        watch(ep, sources[i], IN);
    }
}

static void close_sources(int count) {
    for (int i = 0; i < count; i++) os_close(sources[i]);
    os_close(ep);
}

/* How many there were. */
ON_STACK static int handle_batch(int most, uint64_t timeout) {
    static os_event events[MOST];
    int count = wait_for(ep, events, most, timeout);
    for (int i = 0; i < count; i++) take((int)event_token(&events[i]));
    return count;
}

static void run(int count, int most, uint64_t each, uint64_t end) {
    open_sources(count);
    while (elapsed_ms() < end) {
        for (int i = 0; i < count; i++) notify(sources[i], each);
        for (uint64_t left = (uint64_t)count * each; left > 0;) left -= (uint64_t)handle_batch(most, FOREVER);
        handle_batch(most, 250 * MILLISECONDS);
    }
    close_sources(count);
}

static void fire(void) { run(MOST, 64, 6, FIRE_MS); }

static void guard(void) {
    run(63, 64, 12, GUARD_MS / 2);
    run(100, 100, 12, GUARD_MS);
}
