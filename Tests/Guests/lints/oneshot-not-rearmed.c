/* A one-shot registration that nobody arms again.
 *
 * fire: the server answers the first request and forgets the CTL_MOD behind it. The second request lies in the socket,
 * ready and silent, and the server sleeps in epoll_wait for ever; what else it watches, a counter for its end, is
 * armed. The client looks for its answer twice a second. To look at: the item is off and ready; the last calls on the
 * socket were made in `serve_request`, and no MOD followed.
 *
 * guard: a worker takes a request of 512 bytes and reads 64 of them each 200 ms. For over a second the one-shot is off
 * and the socket ready, but work goes on; then the worker arms it again.
 *
 * Usage: oneshot-not-rearmed fire|guard */
#include "lint.h"

static int server_end, client_end, ep, stop, jobs;

static void open_all(void) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    server_end = ends[0], client_end = ends[1];
    require(os_nonblocking(server_end), "O_NONBLOCK");
    ep = (int)require(os_epoll(), "epoll");
    stop = (int)require(os_eventfd(0), "eventfd");
    watch(ep, server_end, IN | ONESHOT);
    watch(ep, stop, IN);
}

/* Reads all and answers. What is missing here is rearm(ep, server_end, IN | ONESHOT). */
ON_STACK static void serve_request(void) {
    drain(server_end);
    put(server_end, "k", 1);
}

static void server(void *argument) {
    (void)argument;
    for (os_event event;;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        if (event_token(&event) == (uint64_t)stop) return;
        serve_request();
    }
}

static void fire(void) {
    static os_thread thread;
    open_all();
    start(&thread, server);
    for (char answer;;) {
        put(client_end, "request", 7);
        while (!comes_within(client_end, 500)) {}
        require(os_read(client_end, &answer, 1), "read of the answer");
    }
}

/* ---- */

ON_STACK static void work_slowly(void) {
    char piece[64];
    while (os_read(server_end, piece, sizeof piece) > 0) sleep_ms(200);
    put(server_end, "k", 1);
    rearm(ep, server_end, IN | ONESHOT);
}

static void worker(void *argument) {
    (void)argument;
    for (int job = 0; job < 2; job++) {
        take(jobs);
        work_slowly();
    }
}

static void dispatcher(void *argument) {
    (void)argument;
    for (os_event event;;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        if (event_token(&event) == (uint64_t)stop) break;
        notify(jobs, 1);
    }
    take(stop);
}

static void guard(void) {
    static os_thread loop, pool;
    static const char request[512];
    char answer;
    open_all();
    jobs = (int)require(os_eventfd(0), "eventfd");
    start(&loop, dispatcher);
    start(&pool, worker);
    for (int round = 0; round < 2; round++) {
        put(client_end, request, sizeof request);
        require(os_read(client_end, &answer, 1), "read of the answer");
    }
    idle_until(GUARD_MS);
    notify(stop, 1);
    os_thread_join(&loop);
    os_thread_join(&pool);
}
