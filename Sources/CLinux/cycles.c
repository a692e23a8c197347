#include "CLinux.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

bool cl_cycles_are_invariant = false;

__attribute__((constructor)) static void find_out(void) {
#if defined(__x86_64__)
    // CPUID 0x80000007, EDX bit 8: the time-stamp counter runs at one rate in every power state.
    uint32_t a, b, c, d;
    cl_cycles_are_invariant = __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8)) != 0;
#endif
}
