/* How late timers go off: for several lengths, the median and the worst of a hundred sleeps, epoll waits and polls, in
 * microseconds, and how many came early, which none may. */
#include "../transcript.h"

enum { SAMPLES = 200 };

static uint64_t late[SAMPLES];

static void sort(void) {
    for (int i = 1; i < SAMPLES; i++) {
        uint64_t moved = late[i];
        int at = i;
        for (; at > 0 && moved < late[at - 1]; at--) late[at] = late[at - 1];
        late[at] = moved;
    }
}

static void measure(const char *what, int epfd, int kind, uint64_t nanoseconds) {
    int early = 0;
    os_event event;
    os_subscription one = {.fd = epfd};
    for (int i = 0; i < SAMPLES; i++) {
        uint64_t start = os_now();
        if (kind == 0) os_sleep(nanoseconds);
        else if (kind == 1) os_epoll_wait(epfd, &event, 1, nanoseconds);
        else os_poll(&one, 1, nanoseconds);
        uint64_t passed = os_now() - start;
        early += passed < nanoseconds;
        late[i] = passed < nanoseconds ? 0 : passed - nanoseconds;
    }
    sort();
    print("%s %d us: late %d ns, 99 of 100 %d ns, early %d\n", what, (int)(nanoseconds / 1000),
          (int)late[SAMPLES / 2], (int)late[SAMPLES * 99 / 100], early);
}

int guest_main(int argc, char **argv) {
    static const uint64_t lengths[] = {10000, 100000, 1000000, 10000000};
    (void)argc, (void)argv;
    int ep = os_epoll(), fd = os_eventfd(0);
    os_epoll_ctl(ep, ADD, fd, IN, 1);
    for (int i = 0; i < 4; i++) {
        measure("sleep", ep, 0, lengths[i]);
        measure("epoll_wait", ep, 1, lengths[i]);
        measure("poll", ep, 2, lengths[i]);
    }
    return 0;
}
