/* Waits that signals end again and again.
 *
 * fire: a thread signals the main thread over a hundred times a second, as a sampling timer would, for 4 s; each
 * signal ends the main thread's epoll_wait with INTR. To look at: the waits in `wait_through_signals`, most of which
 * end so. Where the host has no signals to another thread, the guest says so and exits with 77.
 *
 * guard: as many signals, but the main thread sends them to itself, between its waits: none is interrupted.
 *
 * Usage: eintr-storm fire|guard */
#include "lint.h"

static volatile int is_over;

#ifdef __wasm__
enum { USER_SIGNAL = 10 };
/* The C library's number for the main thread; the start-up code has registered a handler. */
#define MAIN_THREAD 0x3fffffffu
WASIX_IMPORT(thread_signal) int wasix_thread_signal(uint32_t tid, uint32_t signal);

static void prepare_signals(void) {}
static int signal_main_thread(void) { return (int)os_result(wasix_thread_signal(MAIN_THREAD, USER_SIGNAL), 0); }
#else
static void ignore(int number) { (void)number; }
static void prepare_signals(void) {
    struct sigaction action = {.sa_handler = ignore};
    sigaction(SIGUSR1, &action, NULL);
}
static int signal_main_thread(void) { return (int)os_result(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1)); }
#endif

static void sampler(void *argument) {
    (void)argument;
    while (elapsed_ms() < FIRE_MS) {
        if (signal_main_thread() < 0) {
            print("signal to another thread: %s\n", os_error);
            os_exit(77);
        }
        sleep_ms(6);
    }
    is_over = 1;
}

/* How many were interrupted. */
ON_STACK static int wait_through_signals(int ep) {
    os_event event;
    int interrupted = 0;
    while (!is_over) {
        int count = os_epoll_wait(ep, &event, 1, 100 * MILLISECONDS);
        if (count < 0 && failed_with("INTR"))
            interrupted++;
        else
            require(count, "epoll_wait");
    }
    return interrupted;
}

static int open_epoll(void) {
    int ep = (int)require(os_epoll(), "epoll");
    watch(ep, (int)require(os_eventfd(0), "eventfd"), IN);
    prepare_signals();
    return ep;
}

static void fire(void) {
    static os_thread thread;
    int ep = open_epoll();
    start(&thread, sampler);
    print("%d waits were interrupted\n", wait_through_signals(ep));
}

static void guard(void) {
    os_event event;
    int ep = open_epoll();
    while (elapsed_ms() < GUARD_MS) {
        require(signal_main_thread(), "signal");
        require(os_epoll_wait(ep, &event, 1, 8 * MILLISECONDS), "epoll_wait");
    }
}
