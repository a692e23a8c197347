/* A herd: three threads wait for the same descriptor, and one event wakes all of them, though there is work for one.
 *
 * What to watch: how many threads stand before the read when one job has come, and what two of the reads answer.
 *
 * Usage: herd [own|edge|oneshot] [JOBS]    (default: jobs without end)
 *   own      no cure: each thread has an instance of its own
 *   edge     cure: EPOLLET on the instance that they share
 *   oneshot  cure: EPOLLONESHOT, armed again when a job is done */
#include "linux.h"

enum { WORKERS = 3, JOB = 8 };
static int jobs[2], done[2], shared;
static int own, edge, oneshot, told, vain;

static void watch(int ep, int operation) {
    uint32_t events = EPOLLIN;
    if (edge) events |= EPOLLET;
    if (oneshot) events |= EPOLLONESHOT;
    struct epoll_event event = {events, {0}};
    require(epoll_ctl(ep, operation, jobs[0], &event),
            "epoll_ctl");
}

static int instance(void) {
    int ep = epoll_create1(0);
    require(ep, "epoll_create1");
    watch(ep, EPOLL_CTL_ADD);
    return ep;
}

static void add(int *counter) {
    __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
}

/* What a worker does before it reads. */
static void make_room(void) {
    for (volatile int i = 0; i < 5000000; i++) {}
}

/* All three workers run this. */
static void worker(void *argument) {
    struct epoll_event got;
    char job[JOB];
    int ep = own ? instance() : shared;
    (void)argument;
    for (;;) {
        epoll_wait(ep, &got, 1, -1);
        add(&told);
        make_room();
        if (read(jobs[0], job, JOB) < 0) {
            add(&vain); /* EAGAIN */
            continue;
        }
        if (oneshot)
            watch(ep, EPOLL_CTL_MOD);
        write(done[1], "done", 4);
    }
}

int guest_main(int argc, char **argv) {
    static thread workers[WORKERS];
    int last = -1;
    char answer[4];
    for (int i = 1; i < argc; i++) {
        if (*argv[i] <= '9') last = parse_number(argv[i]);
        own |= strcmp(argv[i], "own") == 0;
        edge |= strcmp(argv[i], "edge") == 0;
        oneshot |= strcmp(argv[i], "oneshot") == 0;
    }
    require(pipe(jobs), "pipe");
    require(pipe(done), "pipe");
    require(fcntl(jobs[0], F_SETFL, O_NONBLOCK), "fcntl");
    if (!own) shared = instance();
    for (int i = 0; i < WORKERS; i++)
        require(-thread_start(&workers[i], worker, 0), "thread");

    for (int job = 1; job - 1 != last; job++) {
        write(jobs[1], "a job...", JOB);
        read(done[0], answer, 4);
        print("job %d: %d told, %d in vain\n", job, told, vain);
        sleep_ms(50);
    }
    return 0;
}
