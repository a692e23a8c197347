/* An epoll_ctl that failed, and nobody looked.
 *
 * fire: a connection is opened again and is given the old number. The program believes the number to be registered and
 * calls CTL_MOD, which answers NOENT, since the close has ended the registration; it goes on to wait, and is deaf on
 * that connection. Four times a second, for 4 s. To look at: the failed call in `resume_connection`, and the wait
 * behind it.
 *
 * guard: the same failures, and the program reacts to each: MOD answers NOENT and ADD follows, ADD answers EXIST and
 * MOD follows, or the descriptor is closed.
 *
 * Usage: ctl-error-unseen fire|guard */
#include "lint.h"

static int ep, ends[2];

static void open_connection(void) {
    require(os_socketpair(ends), "socketpair");
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
}

static void close_connection(void) {
    os_close(ends[0]);
    os_close(ends[1]);
}

/* The result is not looked at: the mistake. */
ON_STACK static void resume_connection(void) { os_epoll_ctl(ep, MOD, ends[0], IN, (uint64_t)ends[0]); }

static void fire(void) {
    os_event event;
    ep = (int)require(os_epoll(), "epoll");
    open_connection();
    watch(ep, ends[0], IN);
    while (elapsed_ms() < FIRE_MS) {
        close_connection();
        open_connection();
        resume_connection();
        wait_for(ep, &event, 1, 250 * MILLISECONDS);
    }
    close_connection();
}

/* ---- */

/* Whether the first try failed, as is expected here. */
ON_STACK static int upsert(int first, int second) {
    if (os_epoll_ctl(ep, first, ends[0], IN, (uint64_t)ends[0]) == 0) return 0;
    if (!failed_with(first == MOD ? "NOENT" : "EXIST")) require(-1, "epoll_ctl");
    require(os_epoll_ctl(ep, second, ends[0], IN, (uint64_t)ends[0]), "epoll_ctl");
    return 1;
}

static void guard(void) {
    os_event event;
    ep = (int)require(os_epoll(), "epoll");
    while (elapsed_ms() < GUARD_MS) {
        open_connection();
        upsert(MOD, ADD);
        upsert(ADD, MOD);
        put(ends[1], "line\n", 5);
        if (wait_for(ep, &event, 1, FOREVER) > 0) drain(ends[0]);
        close_connection();
        open_connection();
        if (os_epoll_ctl(ep, MOD, ends[0], IN, (uint64_t)ends[0]) < 0) close_connection();
        wait_for(ep, &event, 1, 100 * MILLISECONDS);
    }
}
