/* portable.h on Linux calls. */

enum { IN = EPOLLIN, OUT = EPOLLOUT, RDHUP = EPOLLRDHUP, PRI = EPOLLPRI, ERR = EPOLLERR, HUP = EPOLLHUP };
#define EDGE ((uint32_t)EPOLLET)
#define ONESHOT ((uint32_t)EPOLLONESHOT)
enum { ADD = EPOLL_CTL_ADD, MOD = EPOLL_CTL_MOD, DEL = EPOLL_CTL_DEL };
enum { SHUTDOWN_READ = SHUT_RD, SHUTDOWN_WRITE = SHUT_WR };

typedef struct epoll_event os_event;

static const char *os_error_name(int number) {
#define NAME(name)                                                                                                     \
    case E##name: return #name;
    switch (number) {
        NAME(AGAIN) NAME(ALREADY) NAME(BADF) NAME(CONNREFUSED) NAME(CONNRESET) NAME(EXIST) NAME(FAULT)
        NAME(INPROGRESS) NAME(INTR) NAME(INVAL) NAME(IO) NAME(ISCONN) NAME(ISDIR) NAME(LOOP) NAME(MFILE)
        NAME(NOENT) NAME(NOMEM) NAME(NOSPC) NAME(NOTCONN) NAME(NOTDIR) NAME(NOTSOCK) NAME(PERM)
        NAME(PIPE) NAME(SPIPE) NAME(TIMEDOUT)
    case EOPNOTSUPP: return "NOTSUP";
    case 0: return "SUCCESS";
    }
    return strerrorname_np(number) + 1;
}

static inline long os_result(long value) {
    if (value < 0) os_error = os_error_name(errno);
    return value;
}

static inline uint32_t event_bits(const os_event *event) { return event->events; }
static inline uint64_t event_token(const os_event *event) { return event->data.u64; }

static inline long os_read(int fd, void *buffer, size_t size) { return os_result(read(fd, buffer, size)); }
static inline long os_write(int fd, const void *buffer, size_t size) { return os_result(write(fd, buffer, size)); }
static inline int os_close(int fd) { return (int)os_result(close(fd)); }
static inline int os_dup(int fd) { return (int)os_result(dup(fd)); }
static inline int os_nonblocking(int fd) { return (int)os_result(fcntl(fd, F_SETFL, O_NONBLOCK)); }
static inline int os_pipe(int ends[2]) { return (int)os_result(pipe(ends)); }
static inline int os_socketpair(int ends[2]) { return (int)os_result(socketpair(AF_UNIX, SOCK_STREAM, 0, ends)); }
static inline int os_eventfd(uint64_t initial) {
    int fd = (int)os_result(eventfd(0, 0));
    if (fd >= 0 && initial != 0 && write(fd, &initial, sizeof initial) < 0) os_result(-1);
    return fd;
}
static inline int os_packetpair(int ends[2]) { return (int)os_result(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends)); }
static inline int os_semaphore(uint64_t initial) { return (int)os_result(eventfd((unsigned)initial, EFD_SEMAPHORE)); }
static inline int os_renumber(int from, int to) { return dup2(from, to) < 0 ? (int)os_result(-1) : 0; }
static inline int os_epoll(void) { return (int)os_result(epoll_create1(0)); }

static inline int os_epoll_ctl(int epfd, int op, int fd, uint32_t mask, uint64_t token) {
    os_event event = {.events = mask, .data.u64 = token};
    return (int)os_result(epoll_ctl(epfd, op, fd, &event));
}

static inline int os_epoll_wait(int epfd, os_event *events, int max, uint64_t nanoseconds) {
    struct timespec time = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    int milliseconds = nanoseconds == FOREVER ? -1 : (int)(nanoseconds / 1000000);
    if (nanoseconds != FOREVER && nanoseconds % 1000000 != 0)
        return (int)os_result(epoll_pwait2(epfd, events, max, &time, NULL));
    return (int)os_result(epoll_wait(epfd, events, max, milliseconds));
}

static void os_poll_result(os_subscription *one, short events) {
    struct stat status;
    int is_pipe = fstat(one->fd, &status) == 0 && S_ISFIFO(status.st_mode), waiting = 0;
    one->fired = events != 0;
    one->error = events & POLLNVAL ? "BADF" : one->writes && is_pipe && events & POLLERR ? "PIPE" : "SUCCESS";
    if (!one->writes && ioctl(one->fd, FIONREAD, &waiting) == 0) one->bytes = waiting;
    one->hangup = (events & POLLHUP) != 0 || (events & POLLRDHUP && !one->writes && one->bytes == 0);
}

/* Looks at all of them; waits for the first, or until `nanoseconds` have passed. What fired is marked. */
static inline int os_poll(os_subscription *all, int count, uint64_t nanoseconds) {
    struct pollfd entries[MOST_POLLED];
    struct timespec time = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    for (int i = 0; i < count; i++)
        entries[i] = (struct pollfd){.fd = all[i].fd, .events = all[i].writes ? POLLOUT : POLLIN | POLLRDHUP};
    int done = ppoll(entries, (nfds_t)count, nanoseconds == FOREVER ? NULL : &time, NULL);
    for (int i = 0; i < count; i++) {
        all[i].fired = all[i].hangup = 0, all[i].bytes = 0;
        if (done > 0) os_poll_result(&all[i], entries[i].revents);
    }
    return (int)os_result(done);
}

static inline int os_open(const char *path) { return (int)os_result(open(path, O_RDONLY)); }
/* A FIFO for both directions, so that it never ends; does not block. */
static inline int os_open_fifo(const char *path) { return (int)os_result(open(path, O_RDWR | O_NONBLOCK)); }
static inline int os_create(const char *path) { return (int)os_result(open(path, O_RDWR | O_CREAT | O_TRUNC, 0600)); }
static inline long os_seek(int fd, long offset) { return os_result(lseek(fd, offset, SEEK_SET)); }
static inline int os_unlink(const char *path) { return (int)os_result(unlink(path)); }

/* ---- TCP on 127.0.0.1 ---- */

static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline int os_tcp(void) { return (int)os_result(socket(AF_INET, SOCK_STREAM, 0)); }

static inline int os_listen(int *port) {
    int fd = os_tcp(), on = 1;
    struct sockaddr_in address = loopback(*port);
    socklen_t size = sizeof address;
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1024) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        return (int)os_result(-1);
    *port = ntohs(address.sin_port);
    return fd;
}

static inline int os_accept(int listener) { return (int)os_result(accept(listener, NULL, NULL)); }

static inline int os_accept_nonblocking(int listener) {
    return (int)os_result(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
}

static inline int os_connect(int fd, int port) {
    struct sockaddr_in address = loopback(port);
    return (int)os_result(connect(fd, (struct sockaddr *)&address, sizeof address));
}

static inline int os_shutdown(int fd, int how) { return (int)os_result(shutdown(fd, how)); }

static inline void os_no_delay(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static inline const char *os_socket_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
    return os_error_name(error);
}

/* ---- time and threads ---- */

static inline uint64_t os_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline void os_sleep(uint64_t nanoseconds) {
    struct timespec time = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};
    nanosleep(&time, NULL);
}

static inline void os_yield(void) { sched_yield(); }

typedef struct {
    pthread_t id;
    void (*body)(void *);
    void *argument;
} os_thread;

static void *os_thread_entry(void *handle) {
    os_thread *self = handle;
    self->body(self->argument);
    return NULL;
}

static inline int os_thread_start(os_thread *handle, void (*body)(void *), void *argument) {
    handle->body = body;
    handle->argument = argument;
    errno = pthread_create(&handle->id, NULL, os_thread_entry, handle);
    return (int)os_result(errno == 0 ? 0 : -1);
}

static inline void os_thread_join(os_thread *handle) { pthread_join(handle->id, NULL); }

static inline void sleep_ms(uint64_t milliseconds) { os_sleep(milliseconds * MILLISECONDS); }
_Noreturn static inline void os_exit(int status) { exit(status); }

/* Sleeps while `*word` is `expected`, until a wake. */
static inline void os_futex_wait(uint32_t *word, uint32_t expected) {
    syscall(SYS_futex, word, FUTEX_WAIT, expected, NULL, NULL, 0);
}
/* Whether one was woken. */
static inline int os_futex_wake(uint32_t *word) {
    return (int)os_result(syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0));
}

typedef pthread_mutex_t os_mutex;
typedef pthread_cond_t os_condition;
#define OS_MUTEX_INIT PTHREAD_MUTEX_INITIALIZER
#define OS_CONDITION_INIT PTHREAD_COND_INITIALIZER
static inline void os_lock(os_mutex *lock) { pthread_mutex_lock(lock); }
static inline void os_unlock(os_mutex *lock) { pthread_mutex_unlock(lock); }
static inline void os_condition_wait(os_condition *cond, os_mutex *lock) { pthread_cond_wait(cond, lock); }
static inline void os_condition_signal(os_condition *cond) { pthread_cond_signal(cond); }

static inline void *os_allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) abort();
    return memory;
}

static inline uint64_t parse_number(const char *text) { return strtoull(text, NULL, 10); }

/* ---- signals ---- */

enum { SIGNAL_USER1 = SIGUSR1, SIGNAL_USER2 = SIGUSR2, SIGNAL_PIPE = SIGPIPE, SIGNAL_ALARM = SIGALRM };

static inline void os_on_signals(void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler != NULL ? handler : SIG_IGN};
    static const int all[] = {SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) sigaction(all[i], &action, NULL);
}
static inline int os_signal_main_thread(int signal) {
    return (int)os_result(syscall(SYS_tgkill, getpid(), getpid(), signal));
}
static inline int os_raise(int signal) { return (int)os_result(raise(signal)); }
static inline int os_probe_self(void) { return (int)os_result(kill(getpid(), 0)); }
static inline int os_alarm(uint64_t nanoseconds, int repeats) {
    struct timeval time = {(time_t)(nanoseconds / 1000000000), (suseconds_t)(nanoseconds / 1000 % 1000000)};
    struct itimerval timer = {repeats ? time : (struct timeval){0, 0}, time};
    return (int)os_result(setitimer(ITIMER_REAL, &timer, NULL));
}
static inline void os_block_signals(int blocked) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &all, NULL);
}

/* ---- printing and start ---- */

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    fflush(stdout);
}

__attribute__((format(printf, 2, 3))) static void print_to(int fd, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vdprintf(fd, format, arguments);
    va_end(arguments);
}

/* Room for 10,000 pipes, if this user may have it; otherwise as much as allowed. */
static void raise_descriptor_limit(void) {
    struct rlimit enough = {65536, 65536}, now;
    if (setrlimit(RLIMIT_NOFILE, &enough) == 0 || getrlimit(RLIMIT_NOFILE, &now) < 0) return;
    now.rlim_cur = now.rlim_max;
    setrlimit(RLIMIT_NOFILE, &now);
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    return guest_main(argc, argv);
}
