#include "CLinux.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, ENTRIES = 2048, MANY = 8, HUGE = 4 << 20 };

/* /proc/self/pagemap has 8 bytes for each page; these two bits need no privilege (Linux: pagemap.rst). */
static const uint64_t IN_MEMORY = 1ull << 63, IN_SWAP = 1ull << 62;

/* Where the kernel can it takes large pages, and makes the target's pages at once: a fault for each takes longer than copying it. */
static void copy(void *target, const void *source, size_t bytes) {
    if (bytes >= HUGE) madvise(target, bytes, MADV_HUGEPAGE);
#ifdef MADV_POPULATE_WRITE
    if (bytes >= MANY * PAGE) madvise(target, bytes, MADV_POPULATE_WRITE);
#endif
    memcpy(target, source, bytes);
}

void cl_copy_touched_pages(void *target, const void *source, size_t bytes) {
    int map = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    uint64_t entries[ENTRIES];
    const char *from = source;
    char *to = target;
    size_t pages = bytes / PAGE;
    for (size_t page = 0; page < pages;) {
        size_t count = pages - page < ENTRIES ? pages - page : ENTRIES;
        off_t place = (off_t)(((uintptr_t)from / PAGE + page) * sizeof entries[0]);
        ssize_t got = map < 0 ? -1 : pread(map, entries, count * sizeof entries[0], place);
        size_t known = got > 0 ? (size_t)got / sizeof entries[0] : 0;
        for (size_t i = 0; i < count;) {
            size_t run = i;
            while (run < count && (run >= known || entries[run] & (IN_MEMORY | IN_SWAP))) run++;
            if (run > i) copy(to + (page + i) * PAGE, from + (page + i) * PAGE, (run - i) * PAGE);
            i = run + 1;
        }
        page += count;
    }
    if (map >= 0) close(map);
}
