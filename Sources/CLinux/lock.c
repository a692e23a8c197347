#define _GNU_SOURCE
#include "CLinux.h"

// The lock is held for tens of nanoseconds, most of which go into moving what it protects to this processor's cache. So
// a thread that finds it taken looks again after a pause, then after twice the pause. A holder that takes the lock
// again in the meantime finds everything still in its own cache, and two busy threads take turns once in a while
// instead of at every call.
enum { FIRST_PAUSE = 8, LONGEST_PAUSE = 256 };

void cl_lock_slow(volatile uint32_t *word) {
    for (int length = FIRST_PAUSE; length <= LONGEST_PAUSE; length *= 2) {
        for (int turn = 0; turn < length; turn++) cl_pause();
        uint32_t expected = 0;
        if (__atomic_load_n(word, __ATOMIC_RELAXED) == 0
            && __atomic_compare_exchange_n(word, &expected, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return;
    }
    while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE) != 0) cl_futex_wait(word, 2, UINT64_MAX);
}
