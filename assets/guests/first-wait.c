/* The first wait: a pipe, an epoll instance that watches its read end, and what three waits return.
 *
 * What to watch: the ready list of the instance. A wait takes what it returns from there; reading takes the bytes from
 * the pipe. The last wait sleeps until another thread writes. */
#include "linux.h"

static int ends[2], ep;
static struct epoll_event event, got;

static void writer(void *argument) {
    (void)argument;
    write(ends[1], "more\n", 5);
}

static void look(const char *when) {
    int count = epoll_wait(ep, &got, 1, 0);
    print("%s: %d\n", when, count);
}

int guest_main(int argc, char **argv) {
    static thread other;
    char bytes[16];
    (void)argc, (void)argv;

    pipe(ends);
    ep = epoll_create1(0);

    event.events = EPOLLIN;
    event.data.fd = ends[0];
    epoll_ctl(ep, EPOLL_CTL_ADD,
              ends[0], &event);

    look("nothing written");
    write(ends[1], "hello\n", 6);
    look("six bytes written");
    look("nothing read since");
    read(ends[0], bytes, 16);

    thread_start(&other, writer, 0);
    int count = epoll_wait(ep, &got, 1, -1);
    print("slept, then: %d\n", count);
    thread_join(&other);
    return 0;
}
