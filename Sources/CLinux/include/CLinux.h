// What Swift cannot say itself about Linux: inline atomics on raw words, the cycle counter, variadic system calls.
#pragma once
#include <errno.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "files.h"
#include "terminal.h"

#pragma clang assume_nonnull begin

// Atomics on words that C, Swift and other threads share.
static inline uint32_t cl_load_acquire32(const volatile uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline uint32_t cl_load_relaxed32(const volatile uint32_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static inline void cl_store_release32(volatile uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
static inline uint32_t cl_exchange32(volatile uint32_t *word, uint32_t value) { return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST); }
static inline uint64_t cl_exchange64(volatile uint64_t *word, uint64_t value) { return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST); }
static inline uint32_t cl_fetch_or32(volatile uint32_t *word, uint32_t value) { return __atomic_fetch_or(word, value, __ATOMIC_SEQ_CST); }
static inline uint32_t cl_fetch_and32(volatile uint32_t *word, uint32_t value) { return __atomic_fetch_and(word, value, __ATOMIC_SEQ_CST); }
static inline bool cl_compare_exchange32(volatile uint32_t *word, uint32_t expected, uint32_t desired) {
    return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}
static inline uint64_t cl_load_acquire64(const volatile uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline uint64_t cl_load_relaxed64(const volatile uint64_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static inline void cl_store_release64(volatile uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }
static inline void cl_store_relaxed64(volatile uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }
static inline void cl_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

// Time. The cycle counter where the processor keeps it invariant, else CLOCK_MONOTONIC in nanoseconds.
static inline uint64_t cl_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
// True from the program's start on where `cl_cycles` may be used as a clock.
extern bool cl_cycles_are_invariant;
static inline bool cl_uses_cycles(void) { return cl_cycles_are_invariant; }
static inline uint64_t cl_cycles(void) {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return cl_monotonic_ns();
#endif
}

// Where the traced call that this thread is in notes what it changes; null outside of one.
extern _Thread_local void *_Nullable cl_thread_change_log;
static inline void *_Nullable cl_change_log(void) { return cl_thread_change_log; }
static inline void cl_set_change_log(void *_Nullable log) { cl_thread_change_log = log; }

// Futexes (private to this process). The timeout is absolute CLOCK_MONOTONIC nanoseconds; UINT64_MAX waits for ever.
// Answers 0 or a positive errno: EAGAIN (the word differs), ETIMEDOUT, EINTR.
static inline int cl_futex_wait(volatile uint32_t *word, uint32_t expected, uint64_t deadline_ns) {
    struct timespec until, *limit = NULL;
    if (deadline_ns != UINT64_MAX) {
        until.tv_sec = (time_t)(deadline_ns / 1000000000u);
        until.tv_nsec = (long)(deadline_ns % 1000000000u);
        limit = &until;
    }
    long answer = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, limit, NULL,
                          FUTEX_BITSET_MATCH_ANY);
    return answer < 0 ? errno : 0;
}
static inline void cl_futex_wake(volatile uint32_t *word, uint32_t count) {
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
}

// A lock in one word: 0 free, 1 held, 2 held with sleepers.
void cl_lock_slow(volatile uint32_t *word);
static inline void cl_lock(volatile uint32_t *word) {
    uint32_t expected = 0;
    if (!__atomic_compare_exchange_n(word, &expected, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) cl_lock_slow(word);
}
static inline void cl_unlock(volatile uint32_t *word) {
    if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2) cl_futex_wake(word, 1);
}

static inline pid_t cl_gettid(void) { return (pid_t)syscall(SYS_gettid); }
static inline int cl_tgkill(pid_t thread, int signal) { return (int)syscall(SYS_tgkill, getpid(), thread, signal); }
static inline int cl_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// Waits that one private signal can interrupt. The signal is blocked everywhere but in here, so an interrupt that
// comes before the wait is not lost. Timeouts are relative; UINT64_MAX waits for ever. Answers as the system call does,
// a failure as the negative errno.
void cl_interrupts_init(void);
int cl_interrupt_signal(void);
int cl_wait_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns);
int cl_wait_epoll(int epoll, struct epoll_event *events, int capacity, uint64_t timeout_ns);
// Timers of the calling thread go off when they are due, not up to 50 us later to save wake-ups (prctl(2)).
void cl_precise_timers(void);

// Copies memory whose target has no page of its own yet. Both begin at a page's beginning.
void cl_copy_pages(void *target, const void *source, size_t bytes);
// A file in memory, close-on-exec; a negative number when there can be none (memfd_create(2)).
int cl_memory_file(const char *name);
// Connects a Unix-domain stream, waiting for room in the listener's queue, for 50 ms at most: no call opens the signal
// and connects in one step, so an interrupt between the two is only noticed then.
int cl_wait_connect(int fd, const struct sockaddr *address, socklen_t size, uint64_t timeout_ns);
// As accept(2); what is accepted is O_NONBLOCK and O_CLOEXEC.
int cl_accept(int fd, struct sockaddr *address, socklen_t *size);
// Connections that wait in the queue of a Unix-domain listener, and how many may; false where the host cannot tell.
bool cl_unix_accept_queue(int fd, uint32_t *waiting, uint32_t *backlog);
// Blocks every signal in the calling thread but those that report a fault.
void cl_block_signals(void);
// How many processors the calling thread may run on; at least 1.
int cl_usable_processors(void);
// How many threads of `wanted` the host has room for now (RLIMIT_NPROC, pids.max): makes them and lets them go.
int cl_threads_to_be_had(int wanted);
// How many pieces of memory a process can map (vm.max_map_count); Linux's usual number where it does not say.
int cl_most_mappings(void);

#pragma clang assume_nonnull end
