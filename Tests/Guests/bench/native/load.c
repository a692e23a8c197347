/* The load for bench/serve.c: keeps one 64-byte request in flight on each connection, checks every echo.
 * Prints "load REQUESTS_A_SECOND req/s" and exits with 1 on any error.
 * Usage: load PORT CONNECTIONS REQUESTS */
#include "../report.h"

enum { MESSAGE = 64, ROOM = 64 };

typedef struct {
    int fd;
    size_t have;
    uint64_t serial;
    char received[MESSAGE];
} connection;

static uint64_t wanted, sent, answered;

static void send_next(connection *self) {
    char message[MESSAGE] = {0};
    if (sent == wanted) return;
    self->serial = sent++;
    self->have = 0;
    memcpy(message, &self->serial, sizeof self->serial);
    require(os_write(self->fd, message, MESSAGE) - MESSAGE, "send");
}

static void receive(connection *self) {
    long count = os_read(self->fd, self->received + self->have, MESSAGE - self->have);
    require(count - 1, "receive");
    self->have += (size_t)count;
    if (self->have < MESSAGE) return;
    require(memcmp(self->received, &self->serial, sizeof self->serial) == 0 ? 0 : -1, "compare");
    answered++;
    send_next(self);
}

int guest_main(int argc, char **argv) {
    if (argc != 4) return 64;
    static os_event events[ROOM];
    uint64_t count = parse_number(argv[2]);
    connection *all = os_allocate(count * sizeof *all);
    int ep = os_epoll();
    wanted = parse_number(argv[3]);
    for (uint64_t i = 0; i < count; i++) {
        require(all[i].fd = os_tcp(), "socket");
        require(os_connect(all[i].fd, (int)parse_number(argv[1])), "connect");
        os_no_delay(all[i].fd);
        require(os_epoll_ctl(ep, ADD, all[i].fd, IN, i), "add");
    }
    uint64_t start = os_now();
    for (uint64_t i = 0; i < count; i++) send_next(&all[i]);
    while (answered < wanted) {
        int ready = os_epoll_wait(ep, events, ROOM, 10000 * MILLISECONDS);
        require(ready - 1, "answer within 10 s");
        for (int i = 0; i < ready; i++) receive(&all[event_token(&events[i])]);
    }
    report("load", wanted * 1000000000u, os_now() - start, "req/s");
    return 0;
}
