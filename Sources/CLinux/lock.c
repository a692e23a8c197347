#define _GNU_SOURCE
#include "CLinux.h"

// The lock is held for tens of nanoseconds, most of which go into moving what it protects to this processor's cache. A
// thread that finds it taken looks again soon, twice: two threads that take turns lose little. After that it stays away
// for longer and longer: a holder that takes the lock again and again finds everything still in its own cache, and two
// busy threads take turns once in a while instead of at every call.
static const int PAUSES[] = {8, 16, 128, 1024};

void cl_lock_slow(volatile uint32_t *word) {
    for (size_t i = 0; i < sizeof PAUSES / sizeof PAUSES[0]; i++) {
        for (int turn = 0; turn < PAUSES[i]; turn++) cl_pause();
        uint32_t expected = 0;
        if (__atomic_load_n(word, __ATOMIC_RELAXED) == 0
            && __atomic_compare_exchange_n(word, &expected, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return;
    }
    while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE) != 0) cl_futex_wait(word, 2, UINT64_MAX);
}
