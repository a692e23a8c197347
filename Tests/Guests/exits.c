/* Ways to end, wasm only.
 * Usage: exits return|exit|thread-exit|unreachable|divide|outside|overflow|recurse|thread-trap|grow|loop [STATUS] */
#include "portable.h"

static int status;
static volatile int zero;

static int deeper(int depth) {
    volatile char frame[64];
    frame[0] = (char)depth;
    return zero == 0 ? deeper(depth + 1) + frame[0] : 0;
}

/* Uses up the engine's own stack, with nothing in memory. */
static int wider(int depth) { return zero != 0 ? depth : wider(depth + 1) ^ wider(depth + 2); }

static void block(void *unused) {
    int ends[2];
    char byte;
    (void)unused;
    os_pipe(ends);
    os_read(ends[0], &byte, 1);
}

static void wait_forever(void *unused) {
    os_event event;
    (void)unused;
    os_epoll_wait(os_epoll(), &event, 1, FOREVER);
}

static void park(void *unused) {
    static uint32_t word;
    (void)unused;
    futex_wait(&word, 0);
}

static void spin(void *unused) {
    (void)unused;
    for (;;) os_yield();
}

static void exit_soon(void *unused) {
    (void)unused;
    os_sleep(50 * MILLISECONDS);
    print("exiting\n");
    wasix_proc_exit(status);
}

static void trap_soon(void *unused) {
    (void)unused;
    os_sleep(50 * MILLISECONDS);
    __builtin_trap();
}

/* One thread for each way to be blocked, one that ends the process, and the main thread asleep. */
static void end_from_a_thread(void (*body)(void *)) {
    static os_thread threads[5];
    void (*const bodies[])(void *) = {block, wait_forever, park, spin, body};
    for (int i = 0; i < 5; i++) os_thread_start(&threads[i], bodies[i], 0);
    os_sleep(3600 * 1000 * MILLISECONDS);
}

int guest_main(int argc, char **argv) {
    if (argc < 2) return 64;
    if (argc > 2) status = (int)parse_number(argv[2]);
    print("mode %s\n", argv[1]);
    if (strcmp(argv[1], "exit") == 0) wasix_proc_exit(status);
    if (strcmp(argv[1], "thread-exit") == 0) end_from_a_thread(exit_soon);
    if (strcmp(argv[1], "thread-trap") == 0) end_from_a_thread(trap_soon);
    if (strcmp(argv[1], "unreachable") == 0) __builtin_trap();
    if (strcmp(argv[1], "divide") == 0) return (argc + 100) / zero;
    if (strcmp(argv[1], "outside") == 0) return *(volatile int *)0xfffffff0;
    if (strcmp(argv[1], "overflow") == 0) return deeper(0);
    if (strcmp(argv[1], "recurse") == 0) return wider(0);
    if (strcmp(argv[1], "grow") == 0) {
        while (__builtin_wasm_memory_grow(0, 256) != (size_t)-1) continue;
        print("growing was refused\n");
    }
    if (strcmp(argv[1], "loop") == 0)
        for (volatile int i = 0;; i++) continue;
    return status;
}
