#define _GNU_SOURCE
#include "CLinux.h"

#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, MANY = 8, HUGE = 4 << 20 };

/* Where the kernel can it takes large pages, and makes the target's pages at once: a fault for each takes longer than copying it. */
void cl_copy_pages(void *target, const void *source, size_t bytes) {
    if (bytes >= HUGE) madvise(target, bytes, MADV_HUGEPAGE);
#ifdef MADV_POPULATE_WRITE
    if (bytes >= MANY * PAGE) madvise(target, bytes, MADV_POPULATE_WRITE);
#endif
    memcpy(target, source, bytes);
}

int cl_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
