/* The answers to odd questions: sizes of nothing, names that are dots, offsets beyond numbers. Natively and as a guest.
 * usage: edges, in an empty directory that is granted under its own path */
#include "portable_files.h"
#include "portable_sockets.h"
#include "transcript.h"

#ifdef __wasm__
static long transfer(int fd, int writes, const void *base0, size_t size0, const void *base1, size_t size1, int count) {
    wasix_iovec vectors[2] = {{(void *)base0, size0}, {(void *)base1, size1}};
    wasix_size done = 0;
    int error = writes ? wasix_fd_write(fd, vectors, (wasix_size)count, &done)
                       : wasix_fd_read(fd, vectors, (wasix_size)count, &done);
    return os_result(error, done);
}
#else
#include <sys/uio.h>
/* Not looked into by the compiler, which knows what Linux refuses. */
__attribute__((noinline, noipa)) static long transfer(int fd, int writes, const void *base0, size_t size0,
                                                      const void *base1, size_t size1, int count) {
    struct iovec vectors[2] = {{(void *)base0, size0}, {(void *)base1, size1}};
    return os_result(writes ? writev(fd, vectors, count) : readv(fd, vectors, count));
}
#endif

static const size_t NEGATIVE = (size_t)-1;
/* Outside of every memory that this has. */
static void *const NOWHERE = (void *)(uintptr_t)0xfffff000u;

static void vectors(void) {
    scenario(1, "vectors");
    char buffer[64];
    int fd = file_open(CURRENT, "f", MAY_READ | MAY_WRITE | CREATE | TRUNCATE);
    show("write", os_write(fd, "hello world", 11));
    show("a negative length", transfer(fd, 0, buffer, 4, buffer, NEGATIVE, 2));
    show("a negative length behind a bad address", transfer(fd, 0, NOWHERE, 4, buffer, NEGATIVE, 2));
    file_seek(fd, 0, FROM_START);
    show("nothing at a bad address", transfer(fd, 0, buffer, 4, NOWHERE, 0, 2));
    show("nothing but that", transfer(fd, 0, NOWHERE, 0, NULL, 0, 2));
    show("no vector", transfer(fd, 0, buffer, 4, buffer, 4, 0));
    show("more vectors than can be", transfer(fd, 1, buffer, 4, buffer, 4, 2000));
    show("a byte at a bad address", transfer(fd, 1, NOWHERE, 1, NULL, 0, 1));
    os_close(fd);
}

static void positions(void) {
    scenario(2, "positions");
    char buffer[64];
    int fd = file_open(CURRENT, "g", MAY_READ | MAY_WRITE | CREATE | TRUNCATE | APPEND);
    show("write", os_write(fd, "12345", 5));
    show("write at 0 of what appends", file_pwrite(fd, "ab", 2, 0));
    show("the offset", file_seek(fd, 0, FROM_HERE));
    show("the end", file_seek(fd, 0, FROM_END));
    show("read at a negative offset", file_pread(fd, buffer, 1, (uint64_t)-1));
    show("advice at a negative offset", file_advise(fd, -1, 5, 0));
    show("advice of a negative length", file_advise(fd, 0, -1, 0));
    show("advice that is none", file_advise(fd, 0, 5, 99));
    show("room for nothing", file_allocate(fd, 50, 0));
    show("a negative size", file_truncate(fd, -1));
    os_close(fd);
}

static void names(void) {
    scenario(3, "names");
    char buffer[64];
    show("link", file_symlink("f", CURRENT, "l"));
    show("its text into nothing", file_readlink(CURRENT, "l", buffer, 0));
    show("what is not there into nothing", file_readlink(CURRENT, "none", buffer, 0));
    show("its text", file_readlink(CURRENT, "l", buffer, sizeof buffer));
    show("make", file_mkdir(CURRENT, "d"));
    static const char *const dots[] = {".", "./", "d/.", "d/.."};
    for (size_t i = 0; i < sizeof dots / sizeof dots[0]; i++) {
        print("  %s\n", dots[i]);
        show("rmdir", file_rmdir(CURRENT, dots[i]));
        show("unlink", file_unlink(CURRENT, dots[i]));
        show("mkdir", file_mkdir(CURRENT, dots[i]));
        show("rename from", file_rename(CURRENT, dots[i], CURRENT, "x"));
        show("rename to", file_rename(CURRENT, "d", CURRENT, dots[i]));
        show("symlink", file_symlink("a", CURRENT, dots[i]));
    }
    show("rmdir below a file", file_rmdir(CURRENT, "f/."));
    show("rmdir below nothing", file_rmdir(CURRENT, "none/."));
    show("rmdir", file_rmdir(CURRENT, "d"));
}

static void counters(void) {
    scenario(4, "counters");
    static const uint64_t two[2] = {1, 0};
    uint64_t taken[2];
    int fd = os_eventfd(0);
    show("two numbers", os_write(fd, two, 16));
    show("half a number", os_write(fd, two, 4));
    show("a number", os_write(fd, two, 8));
    show("room for half a number", os_read(fd, taken, 4));
    show("room for two", os_read(fd, taken, 16));
    os_close(fd);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    vectors();
    positions();
    names();
    counters();
    return 0;
}
