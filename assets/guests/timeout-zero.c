/* How long a wait may sleep: a program takes messages, and prints a heartbeat each second. With a timeout of 0 it asks
 * all the time; with -1 it sleeps through its heartbeat; with the time that is left until then it does neither.
 *
 * What to watch: how many waits there were from one heartbeat to the next, and how late each heartbeat was.
 *
 * Usage: timeout-zero [block|tick|deadline] [HEARTBEATS]
 *   block     the timeout is -1: for ever
 *   tick      it is 1 ms
 *   deadline  cure: it is what is left until the next heartbeat
 * It ends after so many heartbeats (default: never). */
#include "linux.h"

enum { SIZE = 8 };
static const uint64_t MS = 1000000;
static const uint64_t PERIOD = 1000000000;
static int ends[2], ep, block, tick, deadline;
static uint64_t due;

/* The first message comes at once, the others
 * every 2.5 seconds. */
static void sender(void *argument) {
    (void)argument;
    for (;;) {
        write(ends[1], "message", SIZE);
        sleep_ms(2500);
    }
}

/* How long the next wait may sleep. */
static int timeout(void) {
    if (block) return -1;
    if (tick) return 1;
    if (!deadline) return 0;
    uint64_t time = now();
    if (time >= due) return 0;
    return (due - time) / MS + 1;
}

static void heartbeat(int number, int waits) {
    int late = (now() - due) / (100 * MS);
    print("beat %d: %d waits, %d.%ds late\n",
          number, waits, late / 10, late % 10);
    due = now() + PERIOD;
}

int guest_main(int argc, char **argv) {
    static thread other;
    struct epoll_event got = {.events = EPOLLIN};
    char text[SIZE];
    int beats = 0, last = -1, waits = 0;
    for (int i = 1; i < argc; i++) {
        if (*argv[i] <= '9') last = parse_number(argv[i]);
        block |= strcmp(argv[i], "block") == 0;
        tick |= strcmp(argv[i], "tick") == 0;
        deadline |= strcmp(argv[i], "deadline") == 0;
    }
    require(pipe(ends), "pipe");
    require(ep = epoll_create1(0), "epoll_create1");
    got.data.fd = ends[0];
    require(epoll_ctl(ep, EPOLL_CTL_ADD, ends[0], &got), "ctl");
    require(-thread_start(&other, sender, 0), "thread");
    due = now() + PERIOD;
    while (beats != last) {
        int count = epoll_wait(
            ep, &got, 1, timeout());
        waits++;
        if (count > 0)
            read(ends[0], text, SIZE);
        if (now() >= due) {
            heartbeat(++beats, waits);
            waits = 0;
        }
    }
    return 0;
}
