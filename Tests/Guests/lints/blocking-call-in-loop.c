/* A loop that waits for one thing while others are ready.
 *
 * fire: each request makes the loop ask a backend over a blocking socket, and the backend takes 20 ms for its answer.
 * Five times a second, for 4 s. To look at: the read in `ask_backend`, by a thread whose place to wait is epoll_wait.
 *
 * guard: the backend takes 300 ms, but its answer is an event like others, and the blocking socket is read when there
 * is something. The main thread waits in epoll once, for the loop to be up, and then stands in a join for 3 s: it is
 * no loop.
 *
 * Usage: blocking-call-in-loop fire|guard */
#include "lint.h"

static int requests, ours, theirs, ep, is_up;
static uint64_t backend_ms;
static volatile int is_over;

static void backend(void *argument) {
    char question;
    (void)argument;
    while (require(os_read(theirs, &question, 1), "read") > 0) {
        sleep_ms(backend_ms);
        put(theirs, "a", 1);
    }
    os_close(theirs);
}

ON_STACK static void ask_backend(void) {
    char answer;
    put(ours, "q", 1);
    require(os_read(ours, &answer, 1), "read of the answer");
}

static void loop(void *argument) {
    (void)argument;
    for (os_event event; !is_over;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        take(requests);
        ask_backend();
    }
    os_close(ours);
}

static void start_both(os_thread threads[2], void (*loop)(void *)) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    ours = ends[0], theirs = ends[1];
    requests = (int)require(os_eventfd(0), "eventfd");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, requests, IN);
    start(&threads[0], loop);
    start(&threads[1], backend);
}

static void fire(void) {
    static os_thread threads[2];
    backend_ms = 20;
    start_both(threads, loop);
    for (; !is_over; is_over = elapsed_ms() >= FIRE_MS) {
        notify(requests, 1);
        sleep_ms(200);
    }
    notify(requests, 1);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
}

/* ---- */

/* An answer that is there is read, and the next question goes out, until it is time to end. */
ON_STACK static void handle_answer(void) {
    char answer;
    require(os_read(ours, &answer, 1), "read of the answer");
    is_over = elapsed_ms() >= GUARD_MS;
    if (!is_over) put(ours, "q", 1);
}

static void patient_loop(void *argument) {
    (void)argument;
    watch(ep, ours, IN);
    notify(is_up, 1);
    put(ours, "q", 1);
    for (os_event event; !is_over;)
        if (wait_for(ep, &event, 1, FOREVER) > 0 && event_token(&event) == (uint64_t)ours) handle_answer();
    os_close(ours);
}

static void guard(void) {
    static os_thread threads[2];
    os_event event;
    int start_ep = (int)require(os_epoll(), "epoll");
    backend_ms = 300;
    is_up = (int)require(os_eventfd(0), "eventfd");
    watch(start_ep, is_up, IN);
    start_both(threads, patient_loop);
    wait_for(start_ep, &event, 1, FOREVER);
    take(is_up);
    for (int i = 0; i < 2; i++) os_thread_join(&threads[i]);
}
