/* Every thread sleeps, and nothing outside of the program can wake one.
 *
 * fire: the producer meets an error and ends without a word; the consumer sleeps on a word in memory that only the
 * producer would have changed, and the main thread waits for the consumer. There is no circle: the one who was to come
 * has gone. To look at: all threads in futex waits without timeout, the consumer in `await_result`.
 *
 * guard: for 1.4 s at a time all threads but one sleep without timeout - in a futex wait, in a read of an event
 * counter, in a join - and the last one sleeps as well, in a timed sleep, behind which it wakes the others.
 *
 * Usage: all-blocked fire|guard */
#include "lint.h"

static uint32_t results;
static int counter;

ON_STACK static void await_result(uint32_t seen) {
    while (__atomic_load_n(&results, __ATOMIC_SEQ_CST) == seen) os_futex_wait(&results, seen);
}

static void deliver_result(void) {
    __atomic_fetch_add(&results, 1, __ATOMIC_SEQ_CST);
    require(os_futex_wake(&results), "futex_wake");
}

static void consumer(void *argument) {
    (void)argument;
    await_result(0);
}

static void producer(void *argument) {
    char input;
    int no_such_file = -1;
    (void)argument;
    /* Only the good path delivers something: the mistake. */
    if (os_read(no_such_file, &input, 1) < 0) return;
    deliver_result();
}

static void fire(void) {
    static os_thread threads[2];
    start(&threads[0], consumer);
    start(&threads[1], producer);
    os_thread_join(&threads[1]);
    os_thread_join(&threads[0]);
}

/* ---- */

static void patient_consumer(void *argument) {
    (void)argument;
    await_result(0);
    await_result(1);
}

static void counting_consumer(void *argument) {
    (void)argument;
    for (int i = 0; i < 2; i++) take(counter);
}

static void slow_producer(void *argument) {
    (void)argument;
    for (int i = 0; i < 2; i++) {
        sleep_ms(1400);
        deliver_result();
        notify(counter, 1);
    }
}

static void guard(void) {
    static os_thread threads[3];
    counter = (int)require(os_eventfd(0), "eventfd");
    start(&threads[0], patient_consumer);
    start(&threads[1], counting_consumer);
    start(&threads[2], slow_producer);
    for (int i = 0; i < 3; i++) os_thread_join(&threads[i]);
}
