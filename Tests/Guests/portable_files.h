/* File calls of portable.h's kind: WASIX imports when built for wasm, the very Linux calls when built natively.
 *
 * `at` is a directory's descriptor, or CURRENT for the working directory. Flags and types have numbers of their own. */
#ifndef PORTABLE_FILES_H
#define PORTABLE_FILES_H

#include "portable.h"

enum {
    MAY_READ = 1,
    MAY_WRITE = 2,
    CREATE = 4,
    EXCLUSIVE = 8,
    TRUNCATE = 16,
    DIRECTORY = 32,
    NO_FOLLOW = 64,
    APPEND = 128,
    NONBLOCKING = 256,
    CLOSE_ON_EXEC = 512,
    SYNCHRONOUS = 1024,
};
enum { CURRENT = -100, LONGEST_NAME = 255, LONGEST_PATH = 4096 };
enum { FROM_START, FROM_HERE, FROM_END };
enum { SET_ACCESS = 1, ACCESS_NOW = 2, SET_MODIFY = 4, MODIFY_NOW = 8 };

typedef struct {
    char type; /* f d l c ?: what WASI has no name for is ? */
    uint64_t links, size, access, modify;
} file_status;

typedef struct {
    char name[LONGEST_NAME + 1];
    char type;
    uint64_t next;
} file_entry;

#ifdef __wasm__

typedef struct {
    uint64_t device, inode;
    uint8_t type;
    uint64_t links, size, access, modify, change;
} wasix_filestat;
_Static_assert(sizeof(wasix_filestat) == 64 && offsetof(wasix_filestat, links) == 24, "filestat");

WASIX_IMPORT(path_open2)
int wasix_path_open2(int at, uint32_t lookup, const char *path, uint32_t length, uint32_t oflags, uint64_t rights,
                     uint64_t inheriting, uint32_t fdflags, uint32_t fdflagsext, int *fd);
WASI_IMPORT(fd_pread)
int wasix_fd_pread(int fd, const wasix_iovec *iovs, uint32_t count, uint64_t offset, uint32_t *done);
WASI_IMPORT(fd_pwrite)
int wasix_fd_pwrite(int fd, const wasix_iovec *iovs, uint32_t count, uint64_t offset, uint32_t *done);
WASI_IMPORT(fd_seek) int wasix_fd_seek(int fd, int64_t offset, uint32_t whence, uint64_t *position);
WASI_IMPORT(fd_filestat_set_size) int wasix_fd_filestat_set_size(int fd, uint64_t size);
WASI_IMPORT(fd_allocate) int wasix_fd_allocate(int fd, uint64_t offset, uint64_t size);
WASI_IMPORT(fd_filestat_get) int wasix_fd_filestat_get(int fd, wasix_filestat *status);
WASI_IMPORT(path_filestat_get)
int wasix_path_filestat_get(int at, uint32_t lookup, const char *path, uint32_t length, wasix_filestat *status);
WASI_IMPORT(fd_filestat_set_times)
int wasix_fd_filestat_set_times(int fd, uint64_t access, uint64_t modify, uint32_t flags);
WASI_IMPORT(path_filestat_set_times)
int wasix_path_filestat_set_times(int at, uint32_t lookup, const char *path, uint32_t length, uint64_t access,
                                  uint64_t modify, uint32_t flags);
WASI_IMPORT(path_create_directory) int wasix_path_create_directory(int at, const char *path, uint32_t length);
WASI_IMPORT(path_remove_directory) int wasix_path_remove_directory(int at, const char *path, uint32_t length);
WASI_IMPORT(path_rename)
int wasix_path_rename(int at, const char *path, uint32_t length, int new_at, const char *new_path, uint32_t new_length);
WASI_IMPORT(path_link)
int wasix_path_link(int at, uint32_t lookup, const char *path, uint32_t length, int new_at, const char *new_path,
                    uint32_t new_length);
WASI_IMPORT(path_symlink)
int wasix_path_symlink(const char *text, uint32_t text_length, int at, const char *path, uint32_t length);
WASI_IMPORT(path_readlink)
int wasix_path_readlink(int at, const char *path, uint32_t length, char *buffer, uint32_t size, uint32_t *used);
WASI_IMPORT(fd_readdir)
int wasix_fd_readdir(int fd, void *buffer, uint32_t size, uint64_t cookie, uint32_t *used);
WASI_IMPORT(fd_sync) int wasix_fd_sync(int fd);
WASI_IMPORT(fd_datasync) int wasix_fd_datasync(int fd);
WASI_IMPORT(fd_advise) int wasix_fd_advise(int fd, uint64_t offset, uint64_t size, uint32_t advice);
WASI_IMPORT(fd_prestat_dir_name) int wasix_fd_prestat_dir_name(int fd, char *name, uint32_t size);
WASI_IMPORT(fd_prestat_get) int wasix_fd_prestat_get(int fd, uint32_t prestat[2]);
WASIX_IMPORT(fd_dup2) int wasix_fd_dup2(int fd, int least, uint32_t close_on_exec, int *copy);
WASIX_IMPORT(fd_fdflags_get) int wasix_fd_fdflags_get(int fd, uint16_t *flags);
WASIX_IMPORT(fd_fdflags_set) int wasix_fd_fdflags_set(int fd, uint32_t flags);
WASIX_IMPORT(getcwd) int wasix_getcwd(char *path, uint32_t *size);
WASIX_IMPORT(chdir) int wasix_chdir(const char *path, uint32_t length);

/* A relative path from the working directory becomes an absolute one, as libc does it. An absolute path needs no
 * directory, and gets a descriptor that is not open. */
typedef struct {
    int at;
    const char *text;
    uint32_t length;
} file_path;

static file_path path_of(int at, const char *path, char whole[2 * LONGEST_PATH]) {
    file_path result = {at == CURRENT ? -1 : at, path, (uint32_t)strlen(path)};
    if (at != CURRENT || path[0] == '/' || path[0] == 0) return result;
    uint32_t used = LONGEST_PATH;
    wasix_getcwd(whole, &used);
    whole[used - 1] = '/';
    memcpy(whole + used, path, result.length + 1);
    return (file_path){-1, whole, used + result.length};
}

#define PATH(name, at, path)                                                                                           \
    static char name##_text[2 * LONGEST_PATH];                                                                         \
    file_path name = path_of(at, path, name##_text)

static inline int file_open(int at, const char *path, unsigned flags) {
    PATH(where, at, path);
    uint64_t rights = ~(uint64_t)(WASIX_RIGHT_READ | WASIX_RIGHT_WRITE);
    if (flags & MAY_READ) rights |= WASIX_RIGHT_READ;
    if (flags & MAY_WRITE) rights |= WASIX_RIGHT_WRITE;
    uint32_t oflags = (flags & CREATE ? 1 : 0) | (flags & DIRECTORY ? 2 : 0) | (flags & EXCLUSIVE ? 4 : 0) |
                      (flags & TRUNCATE ? 8 : 0);
    uint32_t fdflags = (flags & APPEND ? 1 : 0) | (flags & NONBLOCKING ? 4 : 0) | (flags & SYNCHRONOUS ? 16 : 0);
    int fd = -1;
    int error = wasix_path_open2(where.at, (flags & NO_FOLLOW) == 0, where.text, where.length, oflags, rights,
                                 ~(uint64_t)0, fdflags, (flags & CLOSE_ON_EXEC) != 0, &fd);
    return (int)os_result(error, fd);
}

static inline long file_pread(int fd, void *buffer, size_t size, uint64_t offset) {
    wasix_iovec part = {buffer, size};
    uint32_t done = 0;
    int error = wasix_fd_pread(fd, &part, 1, offset, &done);
    return os_result(error, (long)done);
}
static inline long file_pwrite(int fd, const void *buffer, size_t size, uint64_t offset) {
    wasix_iovec part = {(void *)buffer, size};
    uint32_t done = 0;
    int error = wasix_fd_pwrite(fd, &part, 1, offset, &done);
    return os_result(error, (long)done);
}
static inline long long file_seek(int fd, int64_t offset, int origin) {
    uint64_t position = 0;
    int error = wasix_fd_seek(fd, offset, (uint32_t)origin, &position);
    return os_result(error, 0) < 0 ? -1 : (long long)position;
}
static inline int file_truncate(int fd, int64_t size) {
    return (int)os_result(wasix_fd_filestat_set_size(fd, (uint64_t)size), 0);
}
static inline int file_allocate(int fd, int64_t offset, int64_t size) {
    return (int)os_result(wasix_fd_allocate(fd, (uint64_t)offset, (uint64_t)size), 0);
}

static char type_letter(uint8_t type) { return type == 3 ? 'd' : type == 4 ? 'f' : type == 7 ? 'l' : type == 2 ? 'c' : '?'; }
static int status_of(int error, const wasix_filestat *from, file_status *to) {
    *to = (file_status){type_letter(from->type), from->links, from->size, from->access, from->modify};
    return (int)os_result(error, 0);
}
static inline int file_stat(int at, const char *path, int follow, file_status *status) {
    PATH(where, at, path);
    wasix_filestat found = {0};
    int error = wasix_path_filestat_get(where.at, follow != 0, where.text, where.length, &found);
    return status_of(error, &found, status);
}
static inline int file_fstat(int fd, file_status *status) {
    wasix_filestat found = {0};
    int error = wasix_fd_filestat_get(fd, &found);
    return status_of(error, &found, status);
}
static inline int file_set_times(int at, const char *path, int follow, uint64_t access, uint64_t modify, int flags) {
    PATH(where, at, path);
    int error = wasix_path_filestat_set_times(where.at, follow != 0, where.text, where.length, access, modify,
                                              (uint32_t)flags);
    return (int)os_result(error, 0);
}
static inline int file_fset_times(int fd, uint64_t access, uint64_t modify, int flags) {
    return (int)os_result(wasix_fd_filestat_set_times(fd, access, modify, (uint32_t)flags), 0);
}

static inline int file_mkdir(int at, const char *path) {
    PATH(where, at, path);
    return (int)os_result(wasix_path_create_directory(where.at, where.text, where.length), 0);
}
static inline int file_rmdir(int at, const char *path) {
    PATH(where, at, path);
    return (int)os_result(wasix_path_remove_directory(where.at, where.text, where.length), 0);
}
static inline int file_unlink(int at, const char *path) {
    PATH(where, at, path);
    return (int)os_result(wasix_path_unlink_file(where.at, where.text, where.length), 0);
}
static inline int file_rename(int at, const char *path, int new_at, const char *new_path) {
    PATH(from, at, path);
    PATH(to, new_at, new_path);
    return (int)os_result(wasix_path_rename(from.at, from.text, from.length, to.at, to.text, to.length), 0);
}
static inline int file_link(int at, const char *path, int new_at, const char *new_path) {
    PATH(from, at, path);
    PATH(to, new_at, new_path);
    return (int)os_result(wasix_path_link(from.at, 0, from.text, from.length, to.at, to.text, to.length), 0);
}
static inline int file_symlink(const char *text, int at, const char *path) {
    PATH(where, at, path);
    return (int)os_result(
        wasix_path_symlink(text, (uint32_t)strlen(text), where.at, where.text, where.length), 0);
}
static inline long file_readlink(int at, const char *path, char *buffer, size_t size) {
    PATH(where, at, path);
    uint32_t used = 0;
    int error = wasix_path_readlink(where.at, where.text, where.length, buffer, size, &used);
    return os_result(error, (long)used);
}

/* Up to `most` entries after the one whose `next` is given (0: from the first on). */
static inline int file_list(int fd, uint64_t after, file_entry *entries, int most) {
    static uint8_t buffer[512];
    uint32_t used = 0, position = 0;
    int error = wasix_fd_readdir(fd, buffer, sizeof buffer, after, &used), count = 0;
    if (error != 0) return (int)os_result(error, 0);
    while (count < most && position + 24 <= used) {
        uint32_t length;
        memcpy(&length, buffer + position + 16, sizeof length);
        if (position + 24 + length > used) break;
        file_entry *entry = &entries[count++];
        memcpy(&entry->next, buffer + position, sizeof entry->next);
        entry->type = type_letter(buffer[position + 20]);
        memcpy(entry->name, buffer + position + 24, length);
        entry->name[length] = 0;
        position += 24 + length;
    }
    return count;
}

static inline int file_sync(int fd, int data) { return (int)os_result(data ? wasix_fd_datasync(fd) : wasix_fd_sync(fd), 0); }
static inline int file_advise(int fd, int64_t offset, int64_t size, int advice) {
    return (int)os_result(wasix_fd_advise(fd, (uint64_t)offset, (uint64_t)size, (uint32_t)advice), 0);
}
static inline int file_flags(int fd) {
    wasix_fdstat found = {0};
    int error = wasix_fd_fdstat_get(fd, &found), flags = 0;
    if (found.rights_base & WASIX_RIGHT_READ) flags |= MAY_READ;
    if (found.rights_base & WASIX_RIGHT_WRITE) flags |= MAY_WRITE;
    if (found.flags & WASIX_FD_APPEND) flags |= APPEND;
    if (found.flags & WASIX_FD_NONBLOCK) flags |= NONBLOCKING;
    if (found.filetype == 3) flags |= DIRECTORY;
    return (int)os_result(error, flags);
}
static inline int file_set_flags(int fd, unsigned flags) {
    uint32_t bits = (flags & APPEND ? WASIX_FD_APPEND : 0) | (flags & NONBLOCKING ? WASIX_FD_NONBLOCK : 0);
    return (int)os_result(wasix_fd_fdstat_set_flags(fd, bits), 0);
}
static inline int file_close_on_exec(int fd) {
    uint16_t flags = 0;
    int error = wasix_fd_fdflags_get(fd, &flags);
    return (int)os_result(error, flags);
}
static inline int file_set_close_on_exec(int fd, int on) {
    return (int)os_result(wasix_fd_fdflags_set(fd, on != 0), 0);
}
static inline int file_dup_from(int fd, int least, int close_on_exec) {
    int copy = -1;
    int error = wasix_fd_dup2(fd, least, close_on_exec != 0, &copy);
    return (int)os_result(error, copy);
}
static inline int file_dup_onto(int fd, int onto) { return (int)os_result(wasix_fd_renumber(fd, onto), onto); }
static inline int file_chdir(const char *path) { return (int)os_result(wasix_chdir(path, strlen(path)), 0); }
static inline int file_getcwd(char *buffer, size_t size) {
    uint32_t length = size;
    return (int)os_result(wasix_getcwd(buffer, &length), 0);
}
/* The first directory that was granted, by its absolute path in the guest: "" for a root. The working directory is
 * there from then on. */
static inline void file_base(char *buffer, size_t size) {
    uint32_t prestat[2] = {0, 0};
    buffer[0] = 0;
    if (wasix_fd_prestat_get(3, prestat) != 0 || prestat[1] >= size) return;
    wasix_fd_prestat_dir_name(3, buffer, prestat[1]);
    buffer[prestat[1]] = 0;
    if (buffer[0] != '/' || prestat[1] == 1) buffer[0] = 0;
    file_chdir(buffer[0] ? buffer : "/");
}

#else
#include "portable_files_linux.h"
#endif
#endif
