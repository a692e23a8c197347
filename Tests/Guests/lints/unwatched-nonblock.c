/* A non-blocking read that found nothing, and nobody who would say when there is something.
 *
 * fire: the server reads a new connection, gets AGAIN and goes back to its loop without having registered it. Its loop
 * turns for the other connection, for 4 s. To look at: AGAIN in `greet_connection`, and no call on that descriptor
 * since.
 *
 * guard: three descriptors answer AGAIN and are in no epoll. The first is closed, the second is asked again each 400
 * ms, the third stands in a poll of 1.4 s.
 *
 * Usage: unwatched-nonblock fire|guard */
#include "lint.h"

static int busy[2], quiet[2], retried[2], polled[2], ep;

static void open_pair(int ends[2]) {
    require(os_socketpair(ends), "socketpair");
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
}

/* There is nothing yet. */
ON_STACK static void greet_connection(int fd) {
    char hello;
    if (os_read(fd, &hello, 1) >= 0 || !failed_with("AGAIN")) print("not AGAIN\n");
}

static void server(void *argument) {
    (void)argument;
    watch(ep, busy[0], IN);
    /* What is missing behind it is watch(ep, quiet[0], IN). */
    greet_connection(quiet[0]);
    for (os_event event;;)
        if (wait_for(ep, &event, 1, FOREVER) > 0 && drain(busy[0])) break;
    os_close(busy[0]);
    os_close(quiet[0]);
}

static void fire(void) {
    static os_thread thread;
    open_pair(busy);
    open_pair(quiet);
    ep = (int)require(os_epoll(), "epoll");
    start(&thread, server);
    while (elapsed_ms() < FIRE_MS) {
        put(busy[1], "line\n", 5);
        sleep_ms(200);
    }
    os_close(busy[1]);
    os_thread_join(&thread);
    os_close(quiet[1]);
}

/* ---- */

static void retrier(void *argument) {
    (void)argument;
    while (elapsed_ms() < GUARD_MS) {
        greet_connection(retried[0]);
        sleep_ms(400);
    }
    os_close(retried[0]);
}

static void poller(void *argument) {
    (void)argument;
    greet_connection(polled[0]);
    while (elapsed_ms() < GUARD_MS - 200)
        if (comes_within(polled[0], 1400)) print("something came\n");
    os_close(polled[0]);
}

static void guard(void) {
    static os_thread threads[2];
    int closed[2];
    open_pair(retried);
    open_pair(polled);
    open_pair(closed);
    start(&threads[0], retrier);
    start(&threads[1], poller);
    greet_connection(closed[0]);
    os_close(closed[0]);
    os_close(closed[1]);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
    os_close(retried[1]);
    os_close(polled[1]);
}
