/* A file of 32 MiB read or written in blocks of one size, from start to end again and again; the time is that of a block.
 * Needs a directory. What is under it decides what is measured: on tmpfs the page cache alone.
 * Usage: blocks read|write SIZE [PASSES] */
#include "report.h"

enum { FILE_SIZE = 32 << 20 };

int guest_main(int argc, char **argv) {
    if (argc < 3) return 64;
    uint64_t size = parse_number(argv[2]), passes = argument(argc, argv, 3, 8), blocks = FILE_SIZE / size;
    int writes = strcmp(argv[1], "write") == 0, fd = os_create("blocks.data");
    char *block = os_allocate(size);
    require(fd, "create");
    /* The first pass makes the file. */
    for (uint64_t i = 0; i < blocks; i++) require(os_write(fd, block, size) - (long)size, "fill");
    uint64_t start = os_now();
    for (uint64_t pass = 0; pass < passes; pass++) {
        require(os_seek(fd, 0), "seek");
        for (uint64_t i = 0; i < blocks; i++) {
            long moved = writes ? os_write(fd, block, size) : os_read(fd, block, size);
            if (moved != (long)size) require(-1, "transfer");
        }
    }
    report("blocks", os_now() - start, passes * blocks, "ns");
    os_close(fd);
    os_unlink("blocks.data");
    return 0;
}
