/* Descriptors that are taken for each request and not given back.
 *
 * fire: each request has an event counter of its own for its completion, which is written, read and forgotten; one
 * path of sixteen closes it. 48 are open within half a second, and then ten more each second, for 4 s. To look at: the
 * number of event counters grows and does not fall, and most of them are idle; all come from `serve_request`.
 *
 * guard: a pool of 40 event counters is opened at once, grows no more and goes round for 3 s; beside it each request
 * opens one that it closes.
 *
 * Usage: fd-leak fire|guard */
#include "lint.h"

ON_STACK static void serve_request(int number) {
    int done = (int)require(os_eventfd(0), "eventfd");
    notify(done, 1);
    take(done);
    /* Only this path closes it: the mistake. */
    if (number % 16 == 0) os_close(done);
}

static void fire(void) {
    int number = 1;
    for (; number <= 51; number++) serve_request(number);
    for (; elapsed_ms() < FIRE_MS; number++) {
        serve_request(number);
        sleep_ms(100);
    }
}

/* ---- */

enum { POOL = 40 };

ON_STACK static void serve_from_pool(int counter) {
    int own = (int)require(os_eventfd(0), "eventfd");
    notify(own, 1);
    take(own);
    os_close(own);
    notify(counter, 1);
    take(counter);
}

static void guard(void) {
    static int pool[POOL];
    for (int i = 0; i < POOL; i++) pool[i] = (int)require(os_eventfd(0), "eventfd");
    for (int number = 0; elapsed_ms() < GUARD_MS; number++) {
        serve_from_pool(pool[number % POOL]);
        sleep_ms(10);
    }
    for (int i = 0; i < POOL; i++) os_close(pool[i]);
}
