/* A registration whose number was closed, and which lives on.
 *
 * fire: the loop registers a pipe and closes its number, which is to end the registration. But a helper has a
 * duplicate and goes on to read; so the item stays, reports for 4 s what comes, and no epoll_ctl can reach it any
 * more. The loop drops these events. To look at: ADD, dup, close of the number, and then reports to `drop_event`.
 *
 * guard: the same duplicate, but DEL comes before the close. Beside it a pipe whose duplicate is closed, and not the
 * number that is registered: it goes on to report, and is read.
 *
 * Usage: ghost-item fire|guard */
#include "lint.h"

enum { TOKEN = 1 };

static int ends[2], duplicate, watched_ends[2], ep;
static volatile int is_over;
static volatile uint64_t dropped;

/* Takes what comes ten times a second, through the duplicate. */
static void helper(void *argument) {
    char bytes[64];
    (void)argument;
    do
        sleep_ms(100);
    while (require(os_read(duplicate, bytes, sizeof bytes), "read") > 0);
    os_close(duplicate);
}

ON_STACK static void drop_event(void) { dropped++; }

static void loop(void *argument) {
    (void)argument;
    for (os_event event; !is_over;)
        if (wait_for(ep, &event, 1, 200 * MILLISECONDS) > 0) drop_event();
}

static void open_all(void) {
    require(os_pipe(ends), "pipe");
    duplicate = (int)require(os_dup(ends[0]), "dup");
    ep = (int)require(os_epoll(), "epoll");
    require(os_epoll_ctl(ep, ADD, ends[0], IN | EDGE, TOKEN), "epoll_ctl");
}

static void feed(os_thread threads[2], uint64_t end) {
    while (elapsed_ms() < end) {
        put(ends[1], "b", 1);
        if (watched_ends[1] != 0) put(watched_ends[1], "b", 1);
        sleep_ms(100);
    }
    is_over = 1;
    os_close(ends[1]);
    if (watched_ends[1] != 0) os_close(watched_ends[1]);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
}

static void fire(void) {
    static os_thread threads[2];
    open_all();
    /* Without DEL before it: the mistake. */
    os_close(ends[0]);
    start(&threads[0], loop);
    start(&threads[1], helper);
    feed(threads, FIRE_MS);
}

/* ---- */

static void reading_loop(void *argument) {
    (void)argument;
    for (os_event event;;)
        if (wait_for(ep, &event, 1, FOREVER) > 0 && drain((int)event_token(&event))) break;
    os_close(watched_ends[0]);
}

static void guard(void) {
    static os_thread threads[2];
    open_all();
    forget(ep, ends[0]);
    os_close(ends[0]);
    require(os_pipe(watched_ends), "pipe");
    require(os_nonblocking(watched_ends[0]), "O_NONBLOCK");
    int copy = (int)require(os_dup(watched_ends[0]), "dup");
    watch(ep, watched_ends[0], IN | EDGE);
    os_close(copy);
    start(&threads[0], reading_loop);
    start(&threads[1], helper);
    feed(threads, GUARD_MS);
}
