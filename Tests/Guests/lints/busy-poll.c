/* Waits that do not wait.
 *
 * fire: a loop asks epoll_wait with timeout 0, many thousand times a second, for 4 s; a message comes ten times a
 * second, so that nearly every answer is empty. To look at: the rate of the waits in `poll_once`, and how few of them
 * return something. It keeps a processor busy, in the kernel's part, not in its own code.
 *
 * guard: also over a thousand waits with timeout 0 each second, but they find something: a wait without timeout, then
 * waits with 0 until nothing is left, ten messages for one empty answer.
 *
 * Usage: busy-poll fire|guard */
#include "lint.h"

static int messages, ep;
static volatile int is_over;

/* Whether there was a message, which is taken. */
ON_STACK static int poll_once(uint64_t timeout) {
    os_event event;
    if (wait_for(ep, &event, 1, timeout) == 0) return 0;
    take(messages);
    return 1;
}

static void impatient(void *argument) {
    (void)argument;
    while (!is_over) poll_once(0);
}

static void draining(void *argument) {
    (void)argument;
    while (!is_over) {
        poll_once(FOREVER);
        while (poll_once(0)) {}
    }
}

static void run(void (*loop)(void *), uint64_t pause, uint64_t count, uint64_t end) {
    static os_thread thread;
    messages = (int)require(os_semaphore(0), "eventfd");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, messages, IN);
    start(&thread, loop);
    while (elapsed_ms() < end) {
        notify(messages, count);
        sleep_ms(pause);
    }
    is_over = 1;
    notify(messages, 1);
    os_thread_join(&thread);
}

static void fire(void) { run(impatient, 100, 1, FIRE_MS); }
static void guard(void) { run(draining, 9, 10, GUARD_MS); }
