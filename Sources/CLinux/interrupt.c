#define _GNU_SOURCE
#include "CLinux.h"
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/time.h>

static sigset_t waiting_mask;

static void interrupted(int signal) { (void)signal; }

static void fill_without_faults(sigset_t *set) {
    sigfillset(set);
    int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(set, faults[i]);
}

int cl_interrupt_signal(void) { return SIGRTMIN + 1; }

void cl_interrupts_init(void) {
    struct sigaction action = {.sa_handler = interrupted};
    sigemptyset(&action.sa_mask);
    sigaction(cl_interrupt_signal(), &action, NULL);
    fill_without_faults(&waiting_mask);
    sigdelset(&waiting_mask, cl_interrupt_signal());
}

void cl_block_signals(void) {
    sigset_t set;
    fill_without_faults(&set);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
}

void cl_precise_timers(void) { prctl(PR_SET_TIMERSLACK, 1ul, 0ul, 0ul, 0ul); }

static struct timespec *_Nullable relative(uint64_t timeout_ns, struct timespec *storage) {
    if (timeout_ns == UINT64_MAX) return NULL;
    storage->tv_sec = (time_t)(timeout_ns / 1000000000u);
    storage->tv_nsec = (long)(timeout_ns % 1000000000u);
    return storage;
}

int cl_wait_poll(struct pollfd *fds, nfds_t count, uint64_t timeout_ns) {
    struct timespec timeout;
    int answer = ppoll(fds, count, relative(timeout_ns, &timeout), &waiting_mask);
    return answer < 0 ? -errno : answer;
}

int cl_wait_epoll(int epoll, struct epoll_event *events, int capacity, uint64_t timeout_ns) {
    struct timespec timeout;
    // A variadic argument that goes over the stack: as an int it would leave half of its word undefined.
    size_t mask_size = _NSIG / 8;
    long answer = syscall(SYS_epoll_pwait2, epoll, events, capacity, relative(timeout_ns, &timeout), &waiting_mask,
                          mask_size);
    return answer < 0 ? -errno : (int)answer;
}

int cl_accept(int fd, struct sockaddr *address, socklen_t *size) {
    return accept4(fd, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int cl_wait_connect(int fd, const struct sockaddr *address, socklen_t size, uint64_t timeout_ns) {
    const uint64_t longest_us = 50000;
    uint64_t timeout_us = timeout_ns / 1000 < longest_us ? timeout_ns / 1000 : longest_us;
    struct timeval slice = {0, (suseconds_t)(timeout_us == 0 ? 1 : timeout_us)}, none = {0, 0};
    int flags = fcntl(fd, F_GETFL);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof slice);
    fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, &waiting_mask, &before);
    int answer = connect(fd, address, size) < 0 ? -errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
    return answer;
}
