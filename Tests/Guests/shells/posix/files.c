/* Descriptors and the working directory of posix.h. */
#include "posix.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../processes/wasix_processes.h"
#include "internal.h"

#undef fcntl
#undef chdir
#undef getcwd

WASIX_IMPORT(fd_dup2) int wasix_fd_dup_from(int fd, uint32_t minimum, uint32_t is_close_on_exec, int *copy);
WASIX_IMPORT(fd_fdflags_get) int wasix_fd_fdflags_get(int fd, uint16_t *flags);
WASIX_IMPORT(fd_fdflags_set) int wasix_fd_fdflags_set(int fd, uint32_t flags);
WASIX_IMPORT(chdir) int wasix_chdir(const char *path, wasix_size length);
WASIX_IMPORT(getcwd) int wasix_getcwd(char *path, wasix_size *length);

int dup(int fd) {
    int copy = -1;
    return posix_result(wasix_fd_dup(fd, &copy), copy);
}

int dup2(int from, int to) { return posix_result(to < 0 ? EBADF : wasix_fd_renumber(from, to), to); }

int pipe(int ends[2]) { return posix_result(wasix_fd_pipe(&ends[0], &ends[1]), 0); }

int posix_fcntl(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    int argument = va_arg(rest, int);
    va_end(rest);
    uint16_t flags = 0;
    int copy = -1;
    switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC: {
        int error = argument < 0 ? EINVAL
                                 : wasix_fd_dup_from(fd, (uint32_t)argument, command == F_DUPFD_CLOEXEC, &copy);
        return posix_result(error, copy);
    }
    case F_GETFD: {
        int error = wasix_fd_fdflags_get(fd, &flags);
        return posix_result(error, flags);
    }
    case F_SETFD: return posix_result(wasix_fd_fdflags_set(fd, (uint32_t)argument), 0);
    default: return fcntl(fd, command, argument);
    }
}

/* There are no permissions: the mask is kept and does nothing. */
mode_t umask(mode_t mask) {
    static mode_t kept = 022;
    mode_t before = kept;
    kept = mask & 0777;
    return before;
}

/* ---- the working directory ---- */

/* The C library has one of its own, which begins at "/" and which it puts before relative paths. It follows the host's,
 * which is what other programs inherit. */
int posix_chdir(const char *path) {
    if (chdir(path) != 0) return -1;
    return posix_result(wasix_chdir(path, strlen(path)), 0);
}

char *posix_getcwd(char *buffer, size_t size) {
    char own[PATH_MAX];
    wasix_size length = buffer != NULL ? size : sizeof own;
    if (posix_result(wasix_getcwd(buffer != NULL ? buffer : own, &length), 0) != 0) return NULL;
    return buffer != NULL ? buffer : strdup(own);
}

__attribute__((constructor)) static void begin(void) {
    char path[PATH_MAX];
    wasix_size length = sizeof path;
    if (wasix_getcwd(path, &length) == 0) chdir(path);
}
