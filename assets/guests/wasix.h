/* The part of the WASI preview1 and WASIX interface that our guests use: imports, layouts, numbers. Built for wasm64 it
 * is the 64-bit form, in which pointers and sizes are twice as wide and everything comes from one namespace.
 *
 * For C without a libc. Pair it with runtime.h, which adds the start-up code, memory and string functions,
 * printing, threads and locks. Functions return an errno number (0 is success) unless declared otherwise;
 * descriptors and lengths come back through pointers. */
#ifndef WASIX_H
#define WASIX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm64__
#define WASIX_NAMESPACE "wasix_64v1"
#define WASI_NAMESPACE WASIX_NAMESPACE
typedef uint64_t wasix_size;
#else
#define WASIX_NAMESPACE "wasix_32v1"
#ifndef WASI_NAMESPACE
#define WASI_NAMESPACE "wasi_snapshot_preview1"
#endif
typedef uint32_t wasix_size;
#endif

#define WASI_IMPORT(name) __attribute__((import_module(WASI_NAMESPACE), import_name(#name))) extern
#define WASIX_IMPORT(name) __attribute__((import_module(WASIX_NAMESPACE), import_name(#name))) extern

/* ---- errno ---- */

#define WASIX_ERRNO_LIST(X)                                                                                            \
    X(SUCCESS, 0) X(2BIG, 1) X(ACCES, 2) X(ADDRINUSE, 3) X(ADDRNOTAVAIL, 4) X(AFNOSUPPORT, 5) X(AGAIN, 6)              \
    X(ALREADY, 7) X(BADF, 8) X(BADMSG, 9) X(BUSY, 10) X(CANCELED, 11) X(CHILD, 12) X(CONNABORTED, 13)                  \
    X(CONNREFUSED, 14) X(CONNRESET, 15) X(DEADLK, 16) X(DESTADDRREQ, 17) X(DOM, 18) X(DQUOT, 19) X(EXIST, 20)          \
    X(FAULT, 21) X(FBIG, 22) X(HOSTUNREACH, 23) X(IDRM, 24) X(ILSEQ, 25) X(INPROGRESS, 26) X(INTR, 27) X(INVAL, 28)    \
    X(IO, 29) X(ISCONN, 30) X(ISDIR, 31) X(LOOP, 32) X(MFILE, 33) X(MLINK, 34) X(MSGSIZE, 35) X(MULTIHOP, 36)          \
    X(NAMETOOLONG, 37) X(NETDOWN, 38) X(NETRESET, 39) X(NETUNREACH, 40) X(NFILE, 41) X(NOBUFS, 42) X(NODEV, 43)        \
    X(NOENT, 44) X(NOEXEC, 45) X(NOLCK, 46) X(NOLINK, 47) X(NOMEM, 48) X(NOMSG, 49) X(NOPROTOOPT, 50) X(NOSPC, 51)     \
    X(NOSYS, 52) X(NOTCONN, 53) X(NOTDIR, 54) X(NOTEMPTY, 55) X(NOTRECOVERABLE, 56) X(NOTSOCK, 57) X(NOTSUP, 58)       \
    X(NOTTY, 59) X(NXIO, 60) X(OVERFLOW, 61) X(OWNERDEAD, 62) X(PERM, 63) X(PIPE, 64) X(PROTO, 65)                     \
    X(PROTONOSUPPORT, 66) X(PROTOTYPE, 67) X(RANGE, 68) X(ROFS, 69) X(SPIPE, 70) X(SRCH, 71) X(STALE, 72)              \
    X(TIMEDOUT, 73) X(TXTBSY, 74) X(XDEV, 75) X(NOTCAPABLE, 76) X(SHUTDOWN, 77) X(MEMVIOLATION, 78) X(UNKNOWN, 79)     \
    X(PENDING, 80)

#define WASIX_ERRNO_NUMBER(name, number) WASIX_E##name = number,
enum { WASIX_ERRNO_LIST(WASIX_ERRNO_NUMBER) };

/* ---- layouts ---- */

typedef struct {
    void *buf;
    wasix_size len;
} wasix_iovec;

typedef struct {
    uint8_t filetype;
    uint16_t flags;
    uint64_t rights_base, rights_inheriting;
} wasix_fdstat;

/* An optional value: `tag` 0 is none, 1 is some. */
typedef struct {
    uint8_t tag;
    uint64_t value;
} wasix_option_timestamp;

typedef struct {
    uint64_t userdata;
    uint8_t tag;
    union {
        struct {
            uint32_t id;
            uint64_t timeout, precision;
            uint16_t flags;
        } clock;
        uint32_t fd;
    };
} wasix_subscription;

typedef struct {
    uint64_t userdata;
    uint16_t error;
    uint8_t type;
    uint64_t nbytes;
    uint16_t rwflags;
} wasix_event;

/* The user data of an epoll event has four fields; programs that speak the raw interface put a token in data2. */
typedef struct {
    uint32_t events;
    _Alignas(8) wasix_size ptr;
    uint32_t fd, data1;
    uint64_t data2;
} wasix_epoll_event;

/* A socket address with port. For INET4 the first eight bytes count, for INET6 twenty, or twenty-eight with a scope;
 * a Unix-domain address is a NUL-terminated path. */
typedef struct {
    uint8_t tag;
    uint8_t padding;
    union {
        struct {
            uint16_t port;
            union {
                uint8_t octets[4];
                struct {
                    uint8_t octets6[16];
                    uint16_t flow[2], scope[2]; /* high half first */
                };
            };
        };
        char path[108];
    };
} wasix_addr_port;

/* The terminal that the standard streams are. */
typedef struct {
    uint32_t columns, rows, width, height;
    uint8_t stdin_tty, stdout_tty, stderr_tty, echo, line_buffered, line_feeds;
} wasix_tty;

/* What a new thread starts from; its address is the second argument of `wasi_thread_start`. */
typedef struct {
    wasix_size stack, tls_base, start_function, start_argument;
    wasix_size reserved[10];
    wasix_size stack_size, guard_size;
} wasix_thread_start;

_Static_assert(sizeof(wasix_fdstat) == 24 && offsetof(wasix_fdstat, rights_base) == 8, "fdstat");
_Static_assert(sizeof(wasix_option_timestamp) == 16, "option_timestamp");
_Static_assert(sizeof(wasix_subscription) == 48 && offsetof(wasix_subscription, clock.timeout) == 24, "subscription");
_Static_assert(sizeof(wasix_event) == 32 && offsetof(wasix_event, rwflags) == 24, "event");
_Static_assert(sizeof(wasix_epoll_event) == 32 && offsetof(wasix_epoll_event, data2) == 24, "epoll_event");
_Static_assert(sizeof(wasix_addr_port) == 110 && offsetof(wasix_addr_port, scope) == 24, "addr_port");
_Static_assert(sizeof(wasix_tty) == 24 && offsetof(wasix_tty, line_feeds) == 21, "tty");
_Static_assert(sizeof(wasix_thread_start) == 16 * sizeof(wasix_size), "thread start");
_Static_assert(offsetof(wasix_thread_start, stack_size) == 14 * sizeof(wasix_size), "thread start");

/* ---- numbers ---- */

enum { WASIX_CLOCK_REALTIME, WASIX_CLOCK_MONOTONIC, WASIX_CLOCK_PROCESS_CPU, WASIX_CLOCK_THREAD_CPU };
enum { WASIX_EVENT_CLOCK, WASIX_EVENT_FD_READ, WASIX_EVENT_FD_WRITE };
enum { WASIX_CLOCK_ABSTIME = 1, WASIX_EVENT_HANGUP = 1 };
enum { WASIX_FD_APPEND = 1, WASIX_FD_NONBLOCK = 4 };
enum { WASIX_SEEK_SET, WASIX_SEEK_CUR, WASIX_SEEK_END };
enum { WASIX_O_CREAT = 1, WASIX_O_DIRECTORY = 2, WASIX_O_EXCL = 4, WASIX_O_TRUNC = 8 };
enum { WASIX_RIGHT_READ = 1 << 1, WASIX_RIGHT_WRITE = 1 << 6, WASIX_RIGHT_POLL = 1 << 27 };
enum { WASIX_AF_UNSPEC, WASIX_AF_INET4, WASIX_AF_INET6, WASIX_AF_UNIX };
enum { WASIX_SOCK_STREAM = 1, WASIX_SOCK_DGRAM = 2, WASIX_PROTO_TCP = 6, WASIX_PROTO_UDP = 17 };
enum { WASIX_MSG_PEEK = 1, WASIX_MSG_WAITALL = 2, WASIX_MSG_TRUNC = 4, WASIX_MSG_DONTWAIT = 8 };
enum { WASIX_SEND_DONTWAIT = 1, WASIX_RECEIVED_TRUNC = 1 };
enum { WASIX_EVENTFD_SEMAPHORE = 1 };
enum { WASIX_SHUT_RD = 1, WASIX_SHUT_WR = 2 };
enum {
    WASIX_SO_REUSEADDR = 2,
    WASIX_SO_NODELAY,
    WASIX_SO_ONLY_V6 = 5,
    WASIX_SO_BROADCAST,
    WASIX_SO_LOOP_V4,
    WASIX_SO_LOOP_V6,
    WASIX_SO_LISTENING = 10,
    WASIX_SO_ERROR,
    WASIX_SO_KEEPALIVE,
    WASIX_SO_LINGER,
    WASIX_SO_RCVBUF = 15,
    WASIX_SO_SNDBUF,
    WASIX_SO_RCVTIMEO = 19,
    WASIX_SO_SNDTIMEO,
    WASIX_SO_TTL = 23,
    WASIX_SO_MULTICAST_TTL,
    WASIX_SO_TYPE,
    WASIX_SO_PROTOCOL,
};

/* Event bits on the wire, not Linux's; ET and ONESHOT are asked for, never reported. */
enum {
    WASIX_EPOLL_IN = 1,
    WASIX_EPOLL_OUT = 2,
    WASIX_EPOLL_RDHUP = 4,
    WASIX_EPOLL_PRI = 8,
    WASIX_EPOLL_ERR = 16,
    WASIX_EPOLL_HUP = 32,
    WASIX_EPOLL_ET = 64,
    WASIX_EPOLL_ONESHOT = 128,
};
enum { WASIX_EPOLL_ADD, WASIX_EPOLL_MOD, WASIX_EPOLL_DEL };
#define WASIX_FOREVER UINT64_MAX

/* ---- imports: arguments, clocks, files ---- */

WASI_IMPORT(args_sizes_get) int wasix_args_sizes_get(wasix_size *count, wasix_size *size);
WASI_IMPORT(args_get) int wasix_args_get(char **argv, char *buffer);
WASI_IMPORT(clock_time_get) int wasix_clock_time_get(uint32_t id, uint64_t precision, uint64_t *time);
WASI_IMPORT(fd_close) int wasix_fd_close(int fd);
WASI_IMPORT(fd_fdstat_get) int wasix_fd_fdstat_get(int fd, wasix_fdstat *stat);
WASI_IMPORT(fd_fdstat_set_flags) int wasix_fd_fdstat_set_flags(int fd, uint32_t flags);
WASI_IMPORT(fd_read) int wasix_fd_read(int fd, const wasix_iovec *iovs, wasix_size count, wasix_size *done);
WASI_IMPORT(fd_seek) int wasix_fd_seek(int fd, int64_t offset, uint32_t whence, uint64_t *position);
WASI_IMPORT(fd_write) int wasix_fd_write(int fd, const wasix_iovec *iovs, wasix_size count, wasix_size *done);
WASI_IMPORT(path_open)
int wasix_path_open(int dirfd, uint32_t lookup, const char *path, wasix_size length, uint32_t oflags,
                    uint64_t rights, uint64_t inheriting, uint32_t fdflags, int *fd);
WASI_IMPORT(path_unlink_file) int wasix_path_unlink_file(int dirfd, const char *path, wasix_size length);
WASI_IMPORT(poll_oneoff)
int wasix_poll_oneoff(const wasix_subscription *in, wasix_event *out, wasix_size count, wasix_size *done);
WASI_IMPORT(proc_exit) _Noreturn void wasix_proc_exit(int code);
WASI_IMPORT(sched_yield) int wasix_sched_yield(void);
WASI_IMPORT(fd_prestat_get) int wasix_fd_prestat_get(int fd, wasix_size prestat[2]);
WASI_IMPORT(fd_prestat_dir_name) int wasix_fd_prestat_dir_name(int fd, char *name, wasix_size length);
WASI_IMPORT(sock_shutdown) int wasix_sock_shutdown(int fd, uint32_t how);
WASI_IMPORT(sock_recv)
int wasix_sock_recv(int fd, const wasix_iovec *iovs, wasix_size count, uint32_t flags, wasix_size *done, uint16_t *came);
WASI_IMPORT(sock_send)
int wasix_sock_send(int fd, const wasix_iovec *iovs, wasix_size count, uint32_t flags, wasix_size *done);

/* ---- imports: signals; `name` is the export that a signal calls with its number ---- */

WASIX_IMPORT(callback_signal) void wasix_callback_signal(const char *name, wasix_size length);

/* ---- imports: descriptors of WASIX ---- */

WASIX_IMPORT(fd_dup) int wasix_fd_dup(int fd, int *copy);
WASIX_IMPORT(fd_renumber) int wasix_fd_renumber(int from, int to);
WASIX_IMPORT(fd_event) int wasix_fd_event(uint64_t initial, uint32_t flags, int *fd);
WASIX_IMPORT(fd_pipe) int wasix_fd_pipe(int *read_end, int *write_end);
WASIX_IMPORT(epoll_create) int wasix_epoll_create(int *fd);
WASIX_IMPORT(epoll_ctl) int wasix_epoll_ctl(int epfd, uint32_t op, int fd, const wasix_epoll_event *event);
WASIX_IMPORT(epoll_wait)
int wasix_epoll_wait(int epfd, wasix_epoll_event *events, int32_t max, uint64_t timeout, wasix_size *count);

/* ---- imports: the terminal ---- */

WASIX_IMPORT(tty_get) int wasix_tty_get(wasix_tty *state);
WASIX_IMPORT(tty_set) int wasix_tty_set(const wasix_tty *state);

/* ---- imports: sockets ---- */

WASIX_IMPORT(sock_open) int wasix_sock_open(uint32_t family, uint32_t type, uint32_t protocol, int *fd);
WASIX_IMPORT(sock_pair) int wasix_sock_pair(uint32_t family, uint32_t type, uint32_t protocol, int *fd0, int *fd1);
WASIX_IMPORT(sock_bind) int wasix_sock_bind(int fd, const wasix_addr_port *address);
WASIX_IMPORT(sock_listen) int wasix_sock_listen(int fd, wasix_size backlog);
WASIX_IMPORT(sock_accept_v2) int wasix_sock_accept(int fd, uint32_t fdflags, int *client, wasix_addr_port *peer);
WASIX_IMPORT(sock_connect) int wasix_sock_connect(int fd, const wasix_addr_port *address);
WASIX_IMPORT(sock_status) int wasix_sock_status(int fd, uint8_t *status);
WASIX_IMPORT(sock_addr_local) int wasix_sock_addr_local(int fd, wasix_addr_port *address);
WASIX_IMPORT(sock_addr_peer) int wasix_sock_addr_peer(int fd, wasix_addr_port *address);
WASIX_IMPORT(sock_recv_from)
int wasix_sock_recv_from(int fd, const wasix_iovec *iovs, wasix_size count, uint32_t flags, wasix_size *done,
                         uint16_t *came, wasix_addr_port *sender);
WASIX_IMPORT(sock_send_to)
int wasix_sock_send_to(int fd, const wasix_iovec *iovs, wasix_size count, uint32_t flags,
                       const wasix_addr_port *address, wasix_size *done);
WASIX_IMPORT(sock_send_file) int wasix_sock_send_file(int out, int in, uint64_t offset, uint64_t count, uint64_t *sent);
WASIX_IMPORT(sock_set_opt_flag) int wasix_sock_set_opt_flag(int fd, uint32_t option, uint32_t flag);
WASIX_IMPORT(sock_get_opt_flag) int wasix_sock_get_opt_flag(int fd, uint32_t option, uint8_t *flag);
WASIX_IMPORT(sock_set_opt_size) int wasix_sock_set_opt_size(int fd, uint32_t option, uint64_t size);
WASIX_IMPORT(sock_set_opt_time) int wasix_sock_set_opt_time(int fd, uint32_t option, const wasix_option_timestamp *time);
WASIX_IMPORT(sock_join_multicast_v4)
int wasix_sock_join_multicast_v4(int fd, const uint8_t group[4], const uint8_t interface[4]);
WASIX_IMPORT(sock_leave_multicast_v4)
int wasix_sock_leave_multicast_v4(int fd, const uint8_t group[4], const uint8_t interface[4]);
WASIX_IMPORT(sock_join_multicast_v6)
int wasix_sock_join_multicast_v6(int fd, const uint16_t group[12], uint32_t interface);
WASIX_IMPORT(sock_leave_multicast_v6)
int wasix_sock_leave_multicast_v6(int fd, const uint16_t group[12], uint32_t interface);
WASIX_IMPORT(sock_get_opt_size) int wasix_sock_get_opt_size(int fd, uint32_t option, uint64_t *size);

/* ---- imports: threads and futexes ---- */

WASIX_IMPORT(thread_spawn_v2) int wasix_thread_spawn(wasix_thread_start *start, uint32_t *tid);
WASIX_IMPORT(thread_join) int wasix_thread_join(uint32_t tid);
WASIX_IMPORT(thread_sleep) int wasix_thread_sleep(uint64_t nanoseconds);
WASIX_IMPORT(futex_wait)
int wasix_futex_wait(uint32_t *address, uint32_t expected, const wasix_option_timestamp *timeout, uint8_t *woken);
WASIX_IMPORT(futex_wake) int wasix_futex_wake(uint32_t *address, uint8_t *woken);
WASIX_IMPORT(futex_wake_all) int wasix_futex_wake_all(uint32_t *address, uint8_t *woken);

#endif
