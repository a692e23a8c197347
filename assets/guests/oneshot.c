/* One event, one worker: a one-shot registration is switched off when it is reported, so that no second thread gets the
 * same descriptor, and stays off until EPOLL_CTL_MOD.
 *
 * What to watch: the registration, armed or off; and what is unread while it is off.
 *
 * Usage: oneshot [rearm]    the cure: a worker arms the registration again */
#include "linux.h"

enum { JOBS = 3, JOB = 8 };
static int ep, ends[2], answers[2], rearm;

static void watch(int operation) {
    struct epoll_event event = {0};
    event.events = EPOLLIN | EPOLLONESHOT;
    event.data.fd = ends[0];
    epoll_ctl(ep, operation,
              ends[0], &event);
}

/* Both workers run this. */
static void worker(void *argument) {
    struct epoll_event got;
    char job[JOB];
    (void)argument;
    for (;;) {
        epoll_wait(ep, &got, 1, -1);
        read(ends[0], job, JOB);
        if (job[0] == 'q') break;
        write(answers[1], "done", 4);
        if (rearm) watch(EPOLL_CTL_MOD);
    }
    watch(EPOLL_CTL_MOD); /* for the other one */
}

int guest_main(int argc, char **argv) {
    static thread workers[2];
    char answer[4];
    (void)argv;
    rearm = argc > 1;
    pipe(ends);
    pipe(answers);
    ep = epoll_create1(0);
    watch(EPOLL_CTL_ADD);
    thread_start(&workers[0], worker, 0);
    thread_start(&workers[1], worker, 0);

    for (int job = 1; job <= JOBS; job++) {
        write(ends[1], "a job...", JOB);
        read(answers[0], answer, 4);
        print("job %d is done\n", job);
    }

    write(ends[1], "quit....", JOB);
    write(ends[1], "quit....", JOB);
    watch(EPOLL_CTL_MOD);
    thread_join(&workers[0]);
    thread_join(&workers[1]);
    return 0;
}
