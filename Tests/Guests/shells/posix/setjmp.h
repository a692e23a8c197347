/* setjmp and longjmp: the host copies the stack that asyncify hands it, and puts it back. */
#pragma once
#include "../../processes/wasix_processes.h"

typedef struct {
    wasix_stack_snapshot snapshot;
    uint64_t value;
} jmp_buf[1];

#define setjmp(point)                                                                                                  \
    (wasix_stack_checkpoint(&(point)->snapshot, &(point)->value) != 0 ? (__builtin_trap(), 0) : (int)(point)->value)

_Noreturn static inline void longjmp(jmp_buf point, int value) {
    wasix_stack_restore(&point->snapshot, (uint64_t)(value != 0 ? value : 1));
}
