/* The calls of Linux that epoll's users make, on WASIX imports when built for wasm, and the very calls when built
 * natively, so that one source shows both: a result of -1 with errno, struct epoll_event with its data.
 *
 * Beside them stands what runtime.h gives a guest: print, parse_number, now, sleep_ms, thread_start, thread_join, and
 * guest_main as the start. */
#ifndef LINUX_H
#define LINUX_H

#ifdef __wasm__
#include "runtime.h"

/* Nothing of it shows in stacks: the place of a call is the line of the guest that makes it. */
#define LINUX_CALL static inline __attribute__((always_inline, nodebug))

enum { EAGAIN = WASIX_EAGAIN, EBADF = WASIX_EBADF, EEXIST = WASIX_EEXIST, EINTR = WASIX_EINTR };
enum { ENOENT = WASIX_ENOENT, EPIPE = WASIX_EPIPE };
enum { EPOLLIN = WASIX_EPOLL_IN, EPOLLOUT = WASIX_EPOLL_OUT, EPOLLRDHUP = WASIX_EPOLL_RDHUP };
enum { EPOLLERR = WASIX_EPOLL_ERR, EPOLLHUP = WASIX_EPOLL_HUP };
enum { EPOLLET = WASIX_EPOLL_ET, EPOLLONESHOT = WASIX_EPOLL_ONESHOT };
enum { EPOLL_CTL_ADD = WASIX_EPOLL_ADD, EPOLL_CTL_MOD = WASIX_EPOLL_MOD, EPOLL_CTL_DEL = WASIX_EPOLL_DEL };
enum { AF_UNIX, SOCK_STREAM, F_SETFL, O_NONBLOCK = WASIX_FD_NONBLOCK, EFD_NONBLOCK = O_NONBLOCK };
enum { SHUT_RD = WASIX_SHUT_RD, SHUT_WR = WASIX_SHUT_WR };
enum { FUTEX_WAIT, FUTEX_WAKE };
enum { MOST_LINUX_EVENTS = 16 };

typedef long ssize_t;
typedef union {
    void *ptr;
    int fd;
    uint32_t u32;
    uint64_t u64;
} epoll_data_t;
struct epoll_event {
    uint32_t events;
    epoll_data_t data;
};

static _Thread_local int errno;

LINUX_CALL int linux_result(int error, int value) {
    if (error == 0) return value;
    errno = error;
    return -1;
}

LINUX_CALL ssize_t read(int fd, void *buffer, size_t size) {
    wasix_iovec part = {buffer, (wasix_size)size};
    wasix_size done = 0;
    int error = wasix_fd_read(fd, &part, 1, &done);
    return linux_result(error, (int)done);
}
LINUX_CALL ssize_t write(int fd, const void *bytes, size_t size) {
    wasix_iovec part = {(void *)bytes, (wasix_size)size};
    wasix_size done = 0;
    int error = wasix_fd_write(fd, &part, 1, &done);
    return linux_result(error, (int)done);
}
LINUX_CALL int close(int fd) { return linux_result(wasix_fd_close(fd), 0); }
LINUX_CALL int dup(int fd) {
    int copy = -1;
    int error = wasix_fd_dup(fd, &copy);
    return linux_result(error, copy);
}
LINUX_CALL int pipe(int ends[2]) { return linux_result(wasix_fd_pipe(&ends[0], &ends[1]), 0); }
LINUX_CALL int socketpair(int family, int type, int protocol, int ends[2]) {
    (void)family, (void)type, (void)protocol;
    return linux_result(wasix_sock_pair(WASIX_AF_INET4, WASIX_SOCK_STREAM, 0, &ends[0], &ends[1]), 0);
}
LINUX_CALL int shutdown(int fd, int how) { return linux_result(wasix_sock_shutdown(fd, (uint32_t)how), 0); }
LINUX_CALL int fcntl(int fd, int command, int flags) {
    (void)command;
    return linux_result(wasix_fd_fdstat_set_flags(fd, (uint32_t)flags), 0);
}
LINUX_CALL int eventfd(unsigned count, int flags) {
    int fd = -1;
    int error = wasix_fd_event(count, 0, &fd);
    if (error == 0 && flags != 0) error = wasix_fd_fdstat_set_flags(fd, (uint32_t)flags);
    return linux_result(error, fd);
}
LINUX_CALL int epoll_create1(int flags) {
    int fd = -1;
    (void)flags;
    int error = wasix_epoll_create(&fd);
    return linux_result(error, fd);
}
LINUX_CALL int epoll_ctl(int ep, int operation, int fd, const struct epoll_event *event) {
    wasix_epoll_event given = {.fd = (uint32_t)fd};
    if (event != 0) given.events = event->events, given.data2 = event->data.u64;
    return linux_result(wasix_epoll_ctl(ep, (uint32_t)operation, fd, &given), 0);
}
/* At most MOST_LINUX_EVENTS at a time. */
LINUX_CALL int epoll_wait(int ep, struct epoll_event *events, int most, int milliseconds) {
    wasix_epoll_event found[MOST_LINUX_EVENTS];
    wasix_size count = 0;
    uint64_t time = milliseconds < 0 ? WASIX_FOREVER : (uint64_t)milliseconds * 1000000;
    if (most > MOST_LINUX_EVENTS) most = MOST_LINUX_EVENTS;
    int error = wasix_epoll_wait(ep, found, most, time, &count);
    for (wasix_size i = 0; i < count; i++) events[i].events = found[i].events, events[i].data.u64 = found[i].data2;
    return linux_result(error, (int)count);
}
/* WASIX does not tell a wait that found another value (EAGAIN on Linux) from one that was woken: both answer 0. */
LINUX_CALL int futex(void *word, int operation, uint32_t value) {
    wasix_option_timestamp forever = {0, 0};
    uint8_t woken = 0;
    if (operation == FUTEX_WAIT) return linux_result(wasix_futex_wait(word, value, &forever, &woken), 0);
    int error = value == 1 ? wasix_futex_wake(word, &woken) : wasix_futex_wake_all(word, &woken);
    return linux_result(error, woken);
}

#else
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int guest_main(int argc, char **argv);
int main(int argc, char **argv) { return guest_main(argc, argv); }

/* In one call, so that lines of several threads do not mix. */
__attribute__((format(printf, 1, 2))) static void print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vdprintf(1, format, arguments);
    va_end(arguments);
}
static inline int futex(void *word, int operation, uint32_t value) {
    return (int)syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}
static inline uint64_t parse_number(const char *text) { return strtoull(text, NULL, 10); }
static inline uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
static inline void sleep_ms(uint64_t milliseconds) { usleep((useconds_t)(milliseconds * 1000)); }

typedef struct {
    pthread_t host;
    void (*body)(void *);
    void *argument;
} thread;

static void *linux_thread_body(void *argument) {
    thread *self = argument;
    self->body(self->argument);
    return NULL;
}
static inline int thread_start(thread *handle, void (*body)(void *), void *argument) {
    handle->body = body;
    handle->argument = argument;
    return pthread_create(&handle->host, NULL, linux_thread_body, handle);
}
static inline void thread_join(thread *handle) { pthread_join(handle->host, NULL); }
#endif

/* Ends the guest when a call has failed. */
static inline void require(int result, const char *what) {
    if (result >= 0) return;
    print("%s failed with errno %d\n", what, errno);
#ifdef __wasm__
    wasix_proc_exit(1);
#else
    exit(1);
#endif
}

#endif
