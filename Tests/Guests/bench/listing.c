/* Listing a directory of many entries: every entry is looked at, none is asked about. Needs an empty directory.
 * Usage: listing [ENTRIES [ROUNDS]] */
#include "report.h"

enum { BUFFER = 32768 };
static _Alignas(8) char buffer[BUFFER];

#ifdef __wasm__

WASI_IMPORT(fd_readdir)
int wasix_fd_readdir(int fd, void *buffer, uint32_t size, uint64_t cookie, uint32_t *used);

typedef struct {
    uint64_t next, inode;
    uint32_t name_length;
    uint8_t type;
} entry;

/* Entries other than "." and "..". */
static uint64_t list(int fd) {
    uint64_t found = 0, cookie = 0;
    uint32_t used = BUFFER;
    while (used == BUFFER) {
        require(os_result(wasix_fd_readdir(fd, buffer, BUFFER, cookie, &used), 0), "readdir");
        for (uint32_t at = 0; at + sizeof(entry) <= used;) {
            entry header;
            memcpy(&header, buffer + at, sizeof header);
            const char *name = buffer + at + sizeof header;
            at += sizeof header + header.name_length;
            if (at > used) break;
            cookie = header.next;
            found += name[0] != '.';
        }
    }
    return found;
}

#else
#include <dirent.h>
#include <sys/syscall.h>

static uint64_t list(int fd) {
    uint64_t found = 0;
    long used;
    require(lseek(fd, 0, SEEK_SET), "rewind");
    while ((used = syscall(SYS_getdents64, fd, buffer, BUFFER)) > 0) {
        for (long at = 0; at < used;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            at += entry->d_reclen;
            found += entry->d_name[0] != '.';
        }
    }
    require(used, "readdir");
    return found;
}

#endif

static const char *name_of(uint64_t number) {
    static char name[] = "entry-00000";
    for (int digit = 10; digit > 5; digit--, number /= 10) name[digit] = (char)('0' + number % 10);
    return name;
}

int guest_main(int argc, char **argv) {
    uint64_t entries = argument(argc, argv, 1, 10000), rounds = argument(argc, argv, 2, 100), fd;
    for (uint64_t i = 0; i < entries; i++) {
        int made = os_create(name_of(i));
        require(made, "create");
        os_close(made);
    }
    require((long)(fd = (uint64_t)os_open(".")), "open");
    uint64_t start = os_now();
    for (uint64_t round = 0; round < rounds; round++)
        if (list((int)fd) != entries) return 1;
    report("listing", (os_now() - start) / 1000, rounds, "us");
    for (uint64_t i = 0; i < entries; i++) require(os_unlink(name_of(i)), "unlink");
    return 0;
}
