/* wasm only. A guest that does nothing any more, with much behind it or in it: for what watching it costs.
 * Usage: still KIND COUNT [FILE]    KIND: threads (that sleep), descriptors (eventfds under epoll), ended (threads that
 * made a call each, four at once). FILE: written once it is still. */
#include "report.h"

enum { STACK = 8192, WIDTH = 4 };

static uint32_t never, done;

static void sleeper(void *argument) {
    (void)argument;
    for (;;) futex_wait(&never, 0);
}

static void caller(void *argument) {
    uint64_t time;
    (void)argument;
    wasix_clock_time_get(1, 1, &time);
    __atomic_fetch_add(&done, 1, __ATOMIC_SEQ_CST);
}

/* With a stack of its own, since thousands of the usual ones are more than there is. */
static void start(thread *handle, char *stack, void (*body)(void *)) {
    uint32_t tid;
    memset(handle, 0, sizeof *handle);
    handle->body = body;
    handle->block.stack = (wasix_size)(stack + STACK);
    handle->block.stack_size = STACK;
    handle->block.tls_base = (wasix_size)stack;
    int error;
    while ((error = wasix_thread_spawn(&handle->block, &tid)) == WASIX_EAGAIN) sleep_ms(1);
    if (error == 0) return;
    print("spawn: %s\n", wasix_errno_name(error));
    wasix_proc_exit(1);
}

static void threads(uint64_t count) {
    thread *all = allocate(count * sizeof *all);
    for (uint64_t i = 0; i < count; i++) start(&all[i], allocate(STACK), sleeper);
}

static void descriptors(uint64_t count) {
    int ep = os_epoll();
    for (uint64_t i = 0; i < count; i++) {
        int fd = os_eventfd(0);
        require(fd, "eventfd");
        require(os_epoll_ctl(ep, ADD, fd, IN, i), "add");
    }
}

static void ended(uint64_t count) {
    static thread all[WIDTH];
    char *stacks = allocate(WIDTH * STACK);
    for (uint64_t i = 0; i < count; i += WIDTH) {
        for (int k = 0; k < WIDTH; k++) start(&all[k], stacks + k * STACK, caller);
        for (int k = 0; k < WIDTH; k++) thread_join(&all[k]);
    }
}

int guest_main(int argc, char **argv) {
    uint64_t count = argument(argc, argv, 2, 1000);
    const char *kind = argc > 1 ? argv[1] : "threads";
    if (kind[0] == 't') threads(count);
    else if (kind[0] == 'd') descriptors(count);
    else ended(count);
    if (argc > 3) leave(argv[3], 1, 1);
    for (;;) futex_wait(&never, 0);
}
