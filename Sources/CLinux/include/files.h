// File system calls and flags that the C library declares only as extensions.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#pragma clang assume_nonnull begin

// linux/fcntl.h
static const int32_t CL_O_PATH = 010000000;
static const int32_t CL_AT_EMPTY_PATH = 0x1000;

// Flags of one write (linux/fs.h).
static const int32_t CL_RWF_DSYNC = 0x2;
static const int32_t CL_RWF_SYNC = 0x4;
static const int32_t CL_RWF_APPEND = 0x10;

// pwritev2(2); writes at the descriptor's own offset when `offset` is -1.
static inline long cl_pwritev2(int fd, const struct iovec *vectors, int count, int64_t offset, int32_t flags) {
    return syscall(SYS_pwritev2, fd, vectors, (long)count, (long)offset, 0L, flags);
}
// sendfile(2) from `offset`; the file's own offset stays. Raises no SIGPIPE. Answers as the system call does, a failure
// as the negative errno.
long cl_sendfile(int target, int file, int64_t offset, size_t count);
static inline long cl_getdents(int fd, void *buffer, size_t size) {
    return syscall(SYS_getdents64, fd, buffer, size);
}
static inline int cl_fallocate(int fd, int64_t offset, int64_t count) {
    return (int)syscall(SYS_fallocate, fd, 0, offset, count);
}

static inline int cl_dup3(int fd, int onto, int flags) { return (int)syscall(SYS_dup3, fd, onto, flags); }
static inline int cl_pipe2(int *_Nonnull ends, int flags) { return (int)syscall(SYS_pipe2, ends, flags); }

// Gives those of the first three descriptors that are closed to something that can neither be read nor written (EBADF), so
// that no file of ours gets such a number: programs write their output there, and C libraries their errors. To be called
// before anything is opened.
void cl_occupy_standard_streams(void);

// Starts a program (words[0], a path) in a session of its own, with `input` as its standard input and nothing else of
// ours: no descriptor, no blocked or ignored signal. Answers its process id, a failure as the negative errno.
pid_t cl_spawn_apart(char *_Nullable const *_Nonnull words, int input);
// The same in our session, with our standard output and error.
pid_t cl_spawn_fed(char *_Nullable const *_Nonnull words, int input);

#pragma clang assume_nonnull end
