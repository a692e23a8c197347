/* A call that this host does not have; wasm only.
 *
 * fire: the program asks for an interval timer, which answers NOSYS, and goes on without, for 4 s. To look at: the
 * calls in `start_timer`.
 *
 * guard: the same import is there and is not called; calls that exist fail, with SPIPE, BADF and INVAL.
 *
 * Usage: missing-call fire|guard */
#include "lint.h"

WASIX_IMPORT(proc_raise_interval) int wasix_proc_raise_interval(uint32_t signal, uint64_t interval, uint32_t repeat);

enum { ALARM = 14 };

ON_STACK static void start_timer(void) {
    int error = wasix_proc_raise_interval(ALARM, 100 * MILLISECONDS, 1);
    if (error != WASIX_ENOSYS && error != WASIX_ENOTSUP) print("the call exists: %s\n", wasix_errno_name(error));
}

static void fire(void) {
    while (elapsed_ms() < FIRE_MS) {
        start_timer();
        sleep_ms(250);
    }
}

static void guard(void) {
    os_event event;
    int ends[2];
    char byte;
    require(os_pipe(ends), "pipe");
    while (elapsed_ms() < GUARD_MS) {
        if (os_seek(ends[0], 0) >= 0 || !failed_with("SPIPE")) print("seek: %s\n", os_error);
        if (os_read(1000, &byte, 1) >= 0 || !failed_with("BADF")) print("read: %s\n", os_error);
        if (os_epoll_wait(ends[0], &event, 1, 0) >= 0 || !failed_with("INVAL")) print("epoll_wait: %s\n", os_error);
        sleep_ms(250);
    }
}
