/* Events behind which there is nothing.
 *
 * fire: a pipe is registered twice in one epoll, under its own number and under a duplicate. Each byte is reported
 * twice in one batch; the first read takes it, the second gets AGAIN. Twenty times a second, for 4 s, one thread. To
 * look at: every second event to `read_once` ends in AGAIN at once.
 *
 * guard: the same twice-registered pipe, but the duplicate is registered for one message of ten; and each event is
 * read until AGAIN, which comes behind the message, not in place of it.
 *
 * Usage: spurious-events fire|guard */
#include "lint.h"

static int ends[2], duplicate, ep;

static void open_all(void) {
    require(os_pipe(ends), "pipe");
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
    duplicate = (int)require(os_dup(ends[0]), "dup");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, ends[0], IN);
}

ON_STACK static void read_once(int fd) {
    char byte;
    if (os_read(fd, &byte, 1) < 0 && !failed_with("AGAIN")) require(-1, "read");
}

static void fire(void) {
    os_event events[4];
    open_all();
    watch(ep, duplicate, IN);
    while (elapsed_ms() < FIRE_MS) {
        put(ends[1], "b", 1);
        int count = wait_for(ep, events, 4, FOREVER);
        for (int i = 0; i < count; i++) read_once((int)event_token(&events[i]));
        wait_for(ep, events, 4, 50 * MILLISECONDS);
    }
}

static void guard(void) {
    os_event events[4];
    open_all();
    for (int number = 0; elapsed_ms() < GUARD_MS; number++) {
        int is_double = number % 10 == 9;
        if (is_double) watch(ep, duplicate, IN);
        put(ends[1], "b", 1);
        int count = wait_for(ep, events, 4, FOREVER);
        for (int i = 0; i < count; i++) drain((int)event_token(&events[i]));
        if (is_double) forget(ep, duplicate);
        wait_for(ep, events, 4, 40 * MILLISECONDS);
    }
}
