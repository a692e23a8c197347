/* A self-pipe: a program leaves jobs for its own event loop in a pipe, so that one wait sees them too. It writes and
 * reads that pipe with one thread, in blocking mode. The batch that does not fit into the pipe is the last.
 *
 * What to watch: how much is in the pipe, and what the only thread sleeps in when there is no more room.
 *
 * Usage: self-pipe [nonblock|small|eventfd|thread]
 *   nonblock  cure: a write that finds no room keeps the job for later      small   no cure: jobs of 1,024 bytes
 *   eventfd   cure: jobs stay in memory, an eventfd counts them             thread  cure: another thread does them */
#include "linux.h"

enum { MOST = 100 };
static int in, out, ep, size = 4096;
static int nonblock, small, counter, reader;
static int kept;
static char job[4096];

static void post(void) {
    uint64_t one = 1;
    if (counter) {
        write(out, &one, 8);
        return;
    }
    if (write(out, job, size) < 0)
        kept++;
}

/* The event loop, until so many are done. */
static void do_jobs(int count) {
    struct epoll_event got;
    uint64_t sum;
    while (count > 0) {
        epoll_wait(ep, &got, 1, -1);
        if (counter) {
            read(in, &sum, 8);
            count -= (int)sum;
            continue;
        }
        read(in, job, size);
        count--;
        if (kept > 0) {
            kept--;
            post();
        }
    }
}

static void others(void *count) {
    do_jobs(*(int *)count);
}

static void batch(int count) {
    static thread other;
    print("%d jobs\n", count);
    if (reader)
        thread_start(&other, others, &count);
    for (int i = 0; i < count; i++)
        post();
    if (reader)
        thread_join(&other);
    else
        do_jobs(count);
    print("%d jobs are done\n", count);
}

int guest_main(int argc, char **argv) {
    struct epoll_event event = {0};
    int ends[2];
    const char *word = argc > 1 ? argv[1] : "";
    nonblock = strcmp(word, "nonblock") == 0;
    small = strcmp(word, "small") == 0;
    counter = strcmp(word, "eventfd") == 0;
    reader = strcmp(word, "thread") == 0;
    if (small) size = 1024;

    pipe(ends);
    in = ends[0], out = ends[1];
    if (counter) in = out = eventfd(0, 0);
    if (nonblock)
        fcntl(out, F_SETFL, O_NONBLOCK);

    ep = epoll_create1(0);
    event.events = EPOLLIN;
    event.data.fd = in;
    epoll_ctl(ep, EPOLL_CTL_ADD,
              in, &event);

    batch(3);
    batch(16);
    batch(17);
    batch(MOST);
    return 0;
}
