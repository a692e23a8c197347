/* What posix.h and signal.h have that waits for signals, descriptors and time. */
#include "posix.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>

#include "../../processes/wasix_processes.h"
#include "internal.h"

enum { SECOND = 1000000000, MOST = 64 };

/* What an event is about: the bell, an alarm, or from NUMBERED on a descriptor, to be read (even) or written (odd). */
enum { BELL, ALARM, NUMBERED };

static uint64_t now(void) {
    uint64_t time = 0;
    wasix_clock_time_get(WASIX_CLOCK_MONOTONIC, 1, &time);
    return time;
}

static uint64_t nanoseconds_of(const struct timespec *time) {
    return (uint64_t)time->tv_sec * SECOND + (uint64_t)time->tv_nsec;
}

static wasix_subscription alarm_at(uint64_t time) {
    return (wasix_subscription){.userdata = ALARM, .tag = WASIX_EVENT_CLOCK,
                                .clock = {WASIX_CLOCK_MONOTONIC, time, 1, WASIX_CLOCK_ABSTIME}};
}

/* Waits with this mask for what is asked for, or until a handler has run; `all` has room for one more. A handler that
 * runs before the wait has begun ends it as well, because it rings the bell. */
static int wait_masked(wasix_subscription *all, wasix_size count, wasix_event *events, wasix_size *happened,
                       const sigset_t *mask) {
    sigset_t before;
    int made = 0;
    int error = wasix_fd_event(0, 0, &made);
    if (error != 0) return error;
    posix_bell = made;
    all[count] = (wasix_subscription){.userdata = BELL, .tag = WASIX_EVENT_FD_READ, .fd = (uint32_t)made};
    sigprocmask(SIG_SETMASK, mask, &before);
    do error = wasix_poll_oneoff(all, events, count + 1, happened);
    while (error == EINTR);
    posix_bell = 0;
    wasix_fd_close(made);
    sigprocmask(SIG_SETMASK, &before, NULL);
    for (wasix_size i = 0; error == 0 && i < *happened; i++)
        if (events[i].userdata == BELL) error = EINTR;
    return error;
}

int sigsuspend(const sigset_t *mask) {
    wasix_subscription bell;
    wasix_event event;
    wasix_size happened = 0;
    return posix_result(wait_masked(&bell, 0, &event, &happened, mask), 0);
}

static int sort_out(const wasix_event *events, wasix_size happened, fd_set *sets[2]) {
    int ready = 0;
    for (const wasix_event *event = events; event < events + happened; event++) {
        if (event->userdata < NUMBERED) continue;
        FD_SET((int)(event->userdata - NUMBERED) / 2, sets[event->userdata % 2]);
        ready++;
    }
    return ready;
}

int pselect(int limit, fd_set *readable, fd_set *writable, fd_set *special, const struct timespec *timeout,
            const sigset_t *mask) {
    wasix_subscription all[MOST + 1];
    wasix_event events[MOST + 1];
    wasix_size count = 0, happened = 0;
    fd_set *sets[] = {readable, writable};
    sigset_t unchanged;
    for (int writes = 0; writes <= 1; writes++) {
        for (size_t i = 0; sets[writes] != NULL && i < sets[writes]->__nfds; i++) {
            if (count == MOST - 1) return posix_result(EINVAL, 0);
            uint64_t fd = (uint64_t)sets[writes]->__fds[i];
            all[count++] = (wasix_subscription){.userdata = NUMBERED + 2 * fd + (uint64_t)writes,
                                                .tag = writes ? WASIX_EVENT_FD_WRITE : WASIX_EVENT_FD_READ,
                                                .fd = (uint32_t)fd};
        }
        if (sets[writes] != NULL) FD_ZERO(sets[writes]);
    }
    if (timeout != NULL) all[count++] = alarm_at(now() + nanoseconds_of(timeout));
    sigprocmask(SIG_BLOCK, NULL, &unchanged);
    int error = wait_masked(all, count, events, &happened, mask != NULL ? mask : &unchanged);
    return posix_result(error, error == 0 ? sort_out(events, happened, sets) : 0);
}

/* In place of the C library's, which ends with any signal, also one that is ignored. */
int nanosleep(const struct timespec *duration, struct timespec *rest) {
    uint64_t end = now() + nanoseconds_of(duration);
    wasix_subscription alarm = alarm_at(end);
    wasix_event event;
    wasix_size happened = 0;
    unsigned before = posix_interruptions;
    int error;
    do error = wasix_poll_oneoff(&alarm, &event, 1, &happened);
    while (error == EINTR && posix_interruptions == before);
    if (error != 0 && rest != NULL) {
        uint64_t time = now(), left = end > time ? end - time : 0;
        *rest = (struct timespec){(time_t)(left / SECOND), (long)(left % SECOND)};
    }
    return posix_result(error, 0);
}
