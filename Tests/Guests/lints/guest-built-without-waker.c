/* An event loop that other threads cannot wake.
 *
 * fire: the main thread puts work into the loop's queue twice a second, for ever, and wakes it as its build provides,
 * with a futex_wake. But the loop sleeps in epoll_wait, without timeout, with one quiet connection; on the word in
 * memory nobody waits. To look at: every wake in `post_work` woke 0; the loop sleeps, and nothing of its epoll is ever
 * written.
 *
 * guard: the same futex_wake that finds nobody, but behind it an event counter is written, which is registered with
 * the loop's epoll.
 *
 * Usage: guest-built-without-waker fire|guard */
#include "lint.h"

static int ours, theirs, waker, ep;
static uint32_t idle_word, queued, handled;

static void open_all(void) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    ours = ends[0], theirs = ends[1];
    require(os_nonblocking(ours), "O_NONBLOCK");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, ours, IN);
}

ON_STACK static void post_work(void) {
    __atomic_fetch_add(&queued, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&idle_word, 1, __ATOMIC_SEQ_CST);
    require(os_futex_wake(&idle_word), "futex_wake");
    if (waker != 0) notify(waker, 1);
}

static void loop(void *argument) {
    int has_ended = 0;
    (void)argument;
    for (os_event event; !has_ended;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        if (event_token(&event) == (uint64_t)ours)
            has_ended = drain(ours);
        else
            take(waker);
        handled += __atomic_exchange_n(&queued, 0, __ATOMIC_SEQ_CST);
    }
    os_close(ours);
}

static void run(uint64_t end) {
    static os_thread thread;
    open_all();
    if (waker != 0) watch(ep, waker, IN);
    start(&thread, loop);
    put(theirs, "hello\n", 6);
    sleep_ms(50);
    while (elapsed_ms() < end) {
        post_work();
        sleep_ms(500);
    }
    os_close(theirs);
    os_thread_join(&thread);
}

static void fire(void) { run(FOREVER); }

static void guard(void) {
    waker = (int)require(os_eventfd(0), "eventfd");
    run(GUARD_MS);
}
