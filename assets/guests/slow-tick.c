/* One loop, two clients: the slow one sends its requests in halves, and the loop reads on until the request is whole. So
 * the quick one waits for the slow one.
 *
 * What to watch: what the loop's thread sleeps in, and what is on the ready list meanwhile.
 *
 * Usage: slow-tick [MILLISECONDS] [keep|spin|timeout]    the slow client's pause between two halves (default: none)
 *   keep     cure: the loop keeps the half and goes back to its wait
 *   spin     no cure: O_NONBLOCK, and try again          timeout  no cure: a timeout for the wait */
#include "linux.h"

enum { ROUNDS = 6, REQUEST = 8 };
typedef struct {
    const char *name;
    int fd, end, have;
} client;
static client slow = {.name = "slow"};
static client quick = {.name = "quick"};
static int ep, keep, answered, pause_ms;

static void slow_body(void *argument) {
    char answer[2];
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        write(slow.end, "half", 4);
        if (pause_ms > 0) sleep_ms(pause_ms);
        write(slow.end, "half", 4);
        read(slow.end, answer, 2);
    }
}

static void quick_body(void *argument) {
    char answer[2];
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        write(quick.end, "request.", REQUEST);
        read(quick.end, answer, 2);
    }
}

static int read_part(client *c) {
    char bytes[REQUEST];
    int rest = REQUEST - c->have;
    int got = read(c->fd, bytes, rest);
    if (got > 0) c->have += got;
    return c->have == REQUEST;
}

static void serve(client *c) {
    int whole = read_part(c);
    while (!whole && !keep)
        whole = read_part(c);
    if (!whole) return;
    c->have = 0;
    answered++;
    print("%s client: answered\n", c->name);
    write(c->fd, "ok", 2);
}

static void add(client *c, int flags) {
    struct epoll_event event = {0};
    int ends[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    c->fd = ends[0], c->end = ends[1];
    if (flags != 0)
        fcntl(c->fd, F_SETFL, flags);
    event.events = EPOLLIN;
    event.data.ptr = c;
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &event);
}

int guest_main(int argc, char **argv) {
    static thread threads[2];
    struct epoll_event got[2];
    int flags = 0, timeout = -1;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        keep |= strcmp(word, "keep") == 0;
        if (keep || strcmp(word, "spin") == 0)
            flags = O_NONBLOCK;
        if (strcmp(word, "timeout") == 0)
            timeout = 10;
        if (*word <= '9')
            pause_ms = (int)parse_number(word);
    }
    ep = epoll_create1(0);
    add(&slow, flags);
    add(&quick, flags);
    thread_start(&threads[0], slow_body, 0);
    thread_start(&threads[1], quick_body, 0);

    while (answered < 2 * ROUNDS) {
        int count = epoll_wait(ep, got, 2, timeout);
        for (int i = 0; i < count; i++)
            serve(got[i].data.ptr);
    }
    thread_join(&threads[0]);
    thread_join(&threads[1]);
    return 0;
}
