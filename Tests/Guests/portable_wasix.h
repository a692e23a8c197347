/* portable.h on WASIX imports. */

enum { IN = WASIX_EPOLL_IN, OUT = WASIX_EPOLL_OUT, RDHUP = WASIX_EPOLL_RDHUP, PRI = WASIX_EPOLL_PRI };
enum { ERR = WASIX_EPOLL_ERR, HUP = WASIX_EPOLL_HUP, EDGE = WASIX_EPOLL_ET, ONESHOT = WASIX_EPOLL_ONESHOT };
enum { ADD = WASIX_EPOLL_ADD, MOD = WASIX_EPOLL_MOD, DEL = WASIX_EPOLL_DEL };
enum { SHUTDOWN_READ = WASIX_SHUT_RD, SHUTDOWN_WRITE = WASIX_SHUT_WR };

typedef wasix_epoll_event os_event;

static long os_result(int error, long value) {
    if (error == 0) return value;
    os_error = wasix_errno_name(error);
    return -1;
}

static inline uint32_t event_bits(const os_event *event) { return event->events; }
static inline uint64_t event_token(const os_event *event) { return event->data2; }

static inline long os_read(int fd, void *buffer, size_t size) {
    wasix_iovec part = {buffer, size};
    wasix_size done = 0;
    int error = wasix_fd_read(fd, &part, 1, &done);
    return os_result(error, (long)done);
}

static inline long os_write(int fd, const void *buffer, size_t size) {
    wasix_iovec part = {(void *)buffer, size};
    wasix_size done = 0;
    int error = wasix_fd_write(fd, &part, 1, &done);
    return os_result(error, (long)done);
}

static inline int os_close(int fd) { return (int)os_result(wasix_fd_close(fd), 0); }

static inline int os_dup(int fd) {
    int copy = -1;
    int error = wasix_fd_dup(fd, &copy);
    return (int)os_result(error, copy);
}

static inline int os_nonblocking(int fd) {
    return (int)os_result(wasix_fd_fdstat_set_flags(fd, WASIX_FD_NONBLOCK), 0);
}

static inline int os_pipe(int ends[2]) { return (int)os_result(wasix_fd_pipe(&ends[0], &ends[1]), 0); }

static inline int os_socketpair(int ends[2]) {
    return (int)os_result(wasix_sock_pair(WASIX_AF_INET4, WASIX_SOCK_STREAM, 0, &ends[0], &ends[1]), 0);
}

static inline int os_eventfd(uint64_t initial) {
    int fd = -1;
    int error = wasix_fd_event(initial, 0, &fd);
    return (int)os_result(error, fd);
}

static inline int os_packetpair(int ends[2]) {
    return (int)os_result(wasix_sock_pair(WASIX_AF_INET4, WASIX_SOCK_DGRAM, 0, &ends[0], &ends[1]), 0);
}

static inline int os_semaphore(uint64_t initial) {
    int fd = -1;
    int error = wasix_fd_event(initial, WASIX_EVENTFD_SEMAPHORE, &fd);
    return (int)os_result(error, fd);
}

static inline int os_renumber(int from, int to) { return (int)os_result(wasix_fd_renumber(from, to), 0); }

static inline int os_epoll(void) {
    int fd = -1;
    int error = wasix_epoll_create(&fd);
    return (int)os_result(error, fd);
}

static inline int os_epoll_ctl(int epfd, int op, int fd, uint32_t mask, uint64_t token) {
    os_event event = {.events = mask, .fd = (uint32_t)fd, .data2 = token};
    return (int)os_result(wasix_epoll_ctl(epfd, (uint32_t)op, fd, &event), 0);
}

static inline int os_epoll_wait(int epfd, os_event *events, int max, uint64_t nanoseconds) {
    wasix_size count = 0;
    int error = wasix_epoll_wait(epfd, events, max, nanoseconds, &count);
    return (int)os_result(error, (long)count);
}

/* Looks at all of them; waits for the first, or until `nanoseconds` have passed. What fired is marked. The last
 * subscription is the clock, and is not counted. */
static inline int os_poll(os_subscription *all, int count, uint64_t nanoseconds) {
    wasix_subscription subscriptions[MOST_POLLED + 1];
    wasix_event events[MOST_POLLED + 1];
    wasix_size fired = 0, total = (uint32_t)count;
    for (int i = 0; i < count; i++)
        subscriptions[i] = (wasix_subscription){.userdata = (uint64_t)i,
                                                .tag = all[i].writes ? WASIX_EVENT_FD_WRITE : WASIX_EVENT_FD_READ,
                                                .fd = (uint32_t)all[i].fd};
    if (nanoseconds != FOREVER)
        subscriptions[total++] = (wasix_subscription){
            .userdata = (uint64_t)count, .tag = WASIX_EVENT_CLOCK,
            .clock = {.id = WASIX_CLOCK_MONOTONIC, .timeout = nanoseconds}};
    int error = wasix_poll_oneoff(subscriptions, events, total, &fired), done = 0;
    for (int i = 0; i < count; i++) all[i].fired = all[i].hangup = 0, all[i].bytes = 0;
    for (uint32_t i = 0; i < fired && error == 0; i++) {
        if (events[i].type == WASIX_EVENT_CLOCK) continue;
        os_subscription *one = &all[events[i].userdata];
        done++;
        one->fired = 1;
        one->error = wasix_errno_name(events[i].error);
        one->bytes = (long)events[i].nbytes;
        one->hangup = events[i].rwflags & WASIX_EVENT_HANGUP;
    }
    return (int)os_result(error, done);
}

/* A path below the first preopened directory; "." is that directory. Opened for reading. */
static inline int os_open(const char *path) {
    int fd = -1;
    int error = wasix_path_open(3, 1, path, strlen(path), 0, WASIX_RIGHT_READ | WASIX_RIGHT_POLL, 0, 0, &fd);
    return (int)os_result(error, fd);
}

/* A FIFO for both directions, so that it never ends; does not block. */
static inline int os_open_fifo(const char *path) {
    int fd = -1;
    int error = wasix_path_open(3, 1, path, strlen(path), 0, WASIX_RIGHT_READ | WASIX_RIGHT_WRITE | WASIX_RIGHT_POLL, 0,
                                WASIX_FD_NONBLOCK, &fd);
    return (int)os_result(error, fd);
}

static inline int os_create(const char *path) {
    int fd = -1;
    int error = wasix_path_open(3, 1, path, strlen(path), WASIX_O_CREAT | WASIX_O_TRUNC,
                                WASIX_RIGHT_READ | WASIX_RIGHT_WRITE | WASIX_RIGHT_POLL, 0, 0, &fd);
    return (int)os_result(error, fd);
}

static inline long os_seek(int fd, long offset) {
    uint64_t position = 0;
    int error = wasix_fd_seek(fd, offset, WASIX_SEEK_SET, &position);
    return os_result(error, (long)position);
}

static inline int os_unlink(const char *path) {
    return (int)os_result(wasix_path_unlink_file(3, path, strlen(path)), 0);
}

/* ---- TCP on 127.0.0.1 ---- */

static wasix_addr_port loopback(int port) {
    return (wasix_addr_port){.tag = WASIX_AF_INET4, .port = (uint16_t)port, .octets = {127, 0, 0, 1}};
}

static inline int os_tcp(void) {
    int fd = -1;
    int error = wasix_sock_open(WASIX_AF_INET4, WASIX_SOCK_STREAM, WASIX_PROTO_TCP, &fd);
    return (int)os_result(error, fd);
}

/* A listener on a port the system chooses, or on `*port` when that is not 0. */
static inline int os_listen(int *port) {
    int fd = os_tcp();
    if (fd < 0) return -1;
    wasix_addr_port address = loopback(*port);
    wasix_sock_set_opt_flag(fd, WASIX_SO_REUSEADDR, 1);
    int error = wasix_sock_bind(fd, &address);
    if (error == 0) error = wasix_sock_listen(fd, 1024);
    if (error == 0) error = wasix_sock_addr_local(fd, &address);
    *port = address.port;
    return (int)os_result(error, fd);
}

static inline int os_accept_with(int listener, uint32_t flags) {
    int fd = -1;
    wasix_addr_port peer;
    int error = wasix_sock_accept(listener, flags, &fd, &peer);
    return (int)os_result(error, fd);
}

static inline int os_accept(int listener) { return os_accept_with(listener, 0); }
static inline int os_accept_nonblocking(int listener) { return os_accept_with(listener, WASIX_FD_NONBLOCK); }

static inline int os_connect(int fd, int port) {
    wasix_addr_port address = loopback(port);
    return (int)os_result(wasix_sock_connect(fd, &address), 0);
}

static inline int os_shutdown(int fd, int how) { return (int)os_result(wasix_sock_shutdown(fd, (uint32_t)how), 0); }
static inline void os_no_delay(int fd) { wasix_sock_set_opt_flag(fd, WASIX_SO_NODELAY, 1); }

/* The pending error of a socket by name, cleared by asking. */
static inline const char *os_socket_error(int fd) {
    uint64_t error = 0;
    int failure = wasix_sock_get_opt_size(fd, WASIX_SO_ERROR, &error);
    return wasix_errno_name(failure != 0 ? failure : (int)error);
}

/* ---- time and threads ---- */

static inline uint64_t os_now(void) { return now(); }
static inline void os_sleep(uint64_t nanoseconds) { wasix_thread_sleep(nanoseconds); }
static inline void os_yield(void) { wasix_sched_yield(); }

typedef thread os_thread;
static inline int os_thread_start(os_thread *handle, void (*body)(void *), void *argument) {
    return (int)os_result(thread_start(handle, body, argument), 0);
}
static inline void os_thread_join(os_thread *handle) { thread_join(handle); }

_Noreturn static inline void os_exit(int status) { wasix_proc_exit(status); }

/* Sleeps while `*word` is `expected`, until a wake. */
static inline void os_futex_wait(uint32_t *word, uint32_t expected) { futex_wait(word, expected); }
/* Whether one was woken. */
static inline int os_futex_wake(uint32_t *word) {
    uint8_t woken = 0;
    int error = wasix_futex_wake(word, &woken);
    return (int)os_result(error, woken);
}

typedef mutex os_mutex;
typedef condition os_condition;
#define OS_MUTEX_INIT {0}
#define OS_CONDITION_INIT {0}
static inline void os_lock(os_mutex *lock) { mutex_lock(lock); }
static inline void os_unlock(os_mutex *lock) { mutex_unlock(lock); }
static inline void os_condition_wait(os_condition *cond, os_mutex *lock) { condition_wait(cond, lock); }
static inline void os_condition_signal(os_condition *cond) { condition_signal(cond); }

/* ---- signals ---- */

enum { SIGNAL_USER1 = 10, SIGNAL_USER2 = 12, SIGNAL_PIPE = 13, SIGNAL_ALARM = 14 };
/* The C library's number for the main thread. */
#define MAIN_THREAD 0x3fffffffu
WASIX_IMPORT(thread_signal) int wasix_thread_signal(uint32_t tid, uint32_t signal);
WASIX_IMPORT(proc_raise) int wasix_proc_raise(uint32_t signal);
WASIX_IMPORT(proc_signal) int wasix_proc_signal(uint32_t pid, uint32_t signal);
WASIX_IMPORT(proc_raise_interval) int wasix_proc_raise_interval(uint32_t signal, uint64_t interval, uint32_t repeats);

static void ignore_signal(int number) { (void)number; }

/* One handler for the signals above; 0 for none: they are ignored. */
static inline void os_on_signals(void (*handler)(int)) { signal_handler = handler != 0 ? handler : ignore_signal; }
static inline int os_signal_main_thread(int signal) {
    return (int)os_result(wasix_thread_signal(MAIN_THREAD, (uint32_t)signal), 0);
}
static inline int os_raise(int signal) { return (int)os_result(wasix_proc_raise((uint32_t)signal), 0); }
/* Whether there is somebody, as signal 0 asks. */
static inline int os_probe_self(void) { return (int)os_result(wasix_proc_signal(0, 0), 0); }
/* After so many nanoseconds, and again and again; 0 ends it. */
static inline int os_alarm(uint64_t nanoseconds, int repeats) {
    return (int)os_result(wasix_proc_raise_interval(SIGNAL_ALARM, nanoseconds, (uint32_t)repeats), 0);
}
/* As libc masked signals until July 2026: by a name that no export has. */
static inline void os_block_signals(int blocked) {
    const char *name = blocked ? "__wasm_signal_blocked" : "__wasm_signal";
    wasix_callback_signal(name, strlen(name));
}

static inline void *os_allocate(size_t size) { return allocate(size); }
