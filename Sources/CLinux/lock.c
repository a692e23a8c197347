#define _GNU_SOURCE
#include "CLinux.h"

// A short spin first: what the lock protects takes tens of nanoseconds.
void cl_lock_slow(volatile uint32_t *word) {
    for (int turn = 0; turn < 100; turn++) {
        uint32_t expected = 0;
        if (__atomic_load_n(word, __ATOMIC_RELAXED) == 0
            && __atomic_compare_exchange_n(word, &expected, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return;
        cl_pause();
    }
    while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE) != 0) cl_futex_wait(word, 2, UINT64_MAX);
}
