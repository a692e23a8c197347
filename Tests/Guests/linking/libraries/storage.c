/* Has variables of each thread's own, and some that all share. */
#include "library.h"

static __thread int own = 5;
static __thread char buffer[100];
int shared_total;

int storage_add(int value) {
    own += value;
    buffer[99] = (char)own;
    __atomic_fetch_add(&shared_total, value, __ATOMIC_SEQ_CST);
    return own;
}
int storage_own(void) { return own + buffer[99]; }

WITH_STORAGE
