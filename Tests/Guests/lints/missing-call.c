/* A call that does not work in this module; wasm only.
 *
 * fire: the program makes a context, for which the module would have to export its table of functions: NOTSUP. It goes on
 * without, for 4 s. To look at: the calls in `make_context`.
 *
 * guard: the same import is there and is not called; calls that exist fail, with SPIPE, BADF and INVAL.
 *
 * Usage: missing-call fire|guard */
#include "lint.h"

WASIX_IMPORT(context_create) int wasix_context_create(uint64_t *id, uint32_t entry);

ON_STACK static void make_context(void) {
    uint64_t id;
    int error = wasix_context_create(&id, 1);
    if (error != WASIX_ENOSYS && error != WASIX_ENOTSUP) print("the call exists: %s\n", wasix_errno_name(error));
}

static void fire(void) {
    while (elapsed_ms() < FIRE_MS) {
        make_context();
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
