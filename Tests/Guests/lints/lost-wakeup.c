/* A wake-up that comes just before the sleep it is meant for.
 *
 * fire: the manager wakes the worker without changing the word the worker sleeps on. That works while the worker
 * sleeps. The second time the worker has found its queue empty and is about to sleep: the wake finds nobody, the word
 * is what it was, and the worker sleeps for ever beside a job. The manager sleeps half a second at a time. To look at:
 * a wake in `post_job` that woke 0, a wait on the same address with the same value right behind it, in `next_job`.
 *
 * guard: twice two wakes that find nobody, right before a sleep of 1.2 s, and none is lost. The first changed the
 * word, and the worker has seen the new value. The second is on the neighbouring word, in the same cache line.
 *
 * Usage: lost-wakeup fire|guard */
#include "lint.h"

/* Neighbours in one cache line. */
static _Alignas(64) uint32_t words[2];
static uint32_t *const turn = &words[0], *const neighbour = &words[1];
static uint32_t queued;
static int idle_reports[2], replies[2];

static void open_pipes(void) {
    require(os_pipe(idle_reports), "pipe");
    require(os_pipe(replies), "pipe");
}

/* Tells the manager that the queue was found empty, and waits until it has taken note. */
static void report_idle(void) {
    char reply;
    put(idle_reports[1], "i", 1);
    require(os_read(replies[0], &reply, 1), "read");
}

/* The word says nothing about the queue: the mistake. */
ON_STACK static void post_job(void) {
    __atomic_fetch_add(&queued, 1, __ATOMIC_SEQ_CST);
    require(os_futex_wake(turn), "futex_wake");
}

ON_STACK static void next_job(int reports) {
    while (__atomic_load_n(&queued, __ATOMIC_SEQ_CST) == 0) {
        if (reports) report_idle();
        os_futex_wait(turn, 0);
    }
    __atomic_fetch_sub(&queued, 1, __ATOMIC_SEQ_CST);
}

static void worker(void *argument) {
    (void)argument;
    next_job(0);
    for (;;) next_job(1);
}

static void fire(void) {
    static os_thread thread;
    char report;
    open_pipes();
    start(&thread, worker);
    /* The first job meets a sleeper. */
    sleep_ms(50);
    post_job();
    while (__atomic_load_n(&queued, __ATOMIC_SEQ_CST) != 0) {
        sleep_ms(10);
        require(os_futex_wake(turn), "futex_wake");
    }
    require(os_read(idle_reports[0], &report, 1), "read");
    post_job();
    put(replies[1], "r", 1);
    idle_for_ever();
}

/* ---- */

ON_STACK static void post_and_turn(void) {
    __atomic_fetch_add(turn, 1, __ATOMIC_SEQ_CST);
    require(os_futex_wake(turn), "futex_wake");
}

ON_STACK static void sleep_until_turn(uint32_t seen) {
    while (__atomic_load_n(turn, __ATOMIC_SEQ_CST) == seen) os_futex_wait(turn, seen);
}

static void careful_worker(void *argument) {
    (void)argument;
    for (int round = 0; round < 2; round++) {
        report_idle();
        /* What was posted until now is seen here, and what comes later changes the word. */
        sleep_until_turn(__atomic_load_n(turn, __ATOMIC_SEQ_CST));
    }
}

static void guard(void) {
    static os_thread thread;
    char report;
    open_pipes();
    start(&thread, careful_worker);
    for (int round = 0; round < 2; round++) {
        require(os_read(idle_reports[0], &report, 1), "read");
        post_and_turn();
        require(os_futex_wake(neighbour), "futex_wake");
        put(replies[1], "r", 1);
        sleep_ms(1200);
        post_and_turn();
    }
    os_thread_join(&thread);
    idle_until(GUARD_MS);
}
