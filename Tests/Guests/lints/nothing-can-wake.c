/* A loop that waits for nothing.
 *
 * fire: the loop serves its one connection to the end, takes it out of its epoll and closes it. Then it waits again,
 * without timeout, with an empty list, and no other thread is left that could put something there. To look at: the
 * main thread in epoll_wait, in `serve_until_quit`, and the epoll without items.
 * also: all-blocked
 *
 * guard: the list is empty for over a second, too, and the wait has no timeout, but a timer thread sleeps meanwhile:
 * it opens a connection and registers it while the loop waits. The last one brings the word to quit.
 *
 * Usage: nothing-can-wake fire|guard */
#include "lint.h"

static int ep;

/* Opens a connection that the loop watches, and ends it after one word. */
static void connect_and_say(char word) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    watch(ep, ends[0], IN);
    put(ends[1], &word, 1);
    os_close(ends[1]);
}

/* Whether the word was to quit. */
static int serve(int fd) {
    char word = 0;
    if (require(os_read(fd, &word, 1), "read") > 0) return word == 'q';
    forget(ep, fd);
    os_close(fd);
    return 0;
}

ON_STACK static void serve_until_quit(void) {
    for (os_event event; wait_for(ep, &event, 1, FOREVER) == 0 || !serve((int)event_token(&event));) {}
}

static void peer(void *argument) {
    (void)argument;
    connect_and_say('w');
}

static void fire(void) {
    static os_thread thread;
    ep = (int)require(os_epoll(), "epoll");
    start(&thread, peer);
    serve_until_quit();
}

/* ---- */

static void timer(void *argument) {
    (void)argument;
    sleep_ms(1300);
    connect_and_say('w');
    sleep_ms(1600);
    connect_and_say('q');
}

static void loop(void *argument) {
    (void)argument;
    serve_until_quit();
}

static void guard(void) {
    static os_thread threads[2];
    ep = (int)require(os_epoll(), "epoll");
    start(&threads[0], loop);
    start(&threads[1], timer);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
}
