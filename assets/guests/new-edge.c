/* What a new edge is: each write makes one, however few its bytes, and so does each addition to an eventfd. A read
 * makes none.
 *
 * What to watch: the count of edges of both registrations, and which edge was told last. */
#include "linux.h"

static int ep, ends[2], counter;

static void watch(int fd) {
    struct epoll_event event = {0};
    event.events = EPOLLIN | EPOLLET;
    event.data.fd = fd;
    epoll_ctl(ep, EPOLL_CTL_ADD,
              fd, &event);
}

/* What one wait returns. */
static void look(const char *when) {
    struct epoll_event got[2];
    int count = epoll_wait(ep, got, 2, 0);
    print("%s:", when);
    for (int i = 0; i < count; i++)
        print(got[i].data.fd == counter
              ? " eventfd" : " pipe");
    print(count == 0 ? " -\n" : "\n");
}

static void add(uint64_t value) {
    write(counter, &value, sizeof value);
}

int guest_main(int argc, char **argv) {
    char bytes[8];
    uint64_t sum;
    (void)argc, (void)argv;
    pipe(ends);
    counter = eventfd(0, EFD_NONBLOCK);
    ep = epoll_create1(0);
    watch(ends[0]);
    watch(counter);

    write(ends[1], "abcdef", 6);
    look("six bytes written");
    read(ends[0], bytes, 2);
    look("two of them read");
    write(ends[1], "g", 1);
    look("one more written");

    add(1);
    look("one added");
    add(1);
    look("one more added");
    read(counter, &sum, sizeof sum);
    print("the count was %d\n", (int)sum);
    add(1);
    add(1);
    look("two more added");
    return 0;
}
