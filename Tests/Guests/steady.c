/* An edge-triggered server that does it right, and its clients: each event is read until AGAIN, and each line is answered.
 * The clients ask in bursts, in parts and with pauses. Nothing here is a fault, at any moment.
 *
 * Usage: steady SECONDS */
#include "portable.h"

enum { CLIENTS = 3, BUFFER = 32 };

static int client_ends[CLIENTS];
static uint64_t end;

static long require(long value, const char *what) {
    if (value >= 0) return value;
    print("%s: %s\n", what, os_error);
    os_exit(1);
}

static void put(int fd, const void *bytes, size_t count) {
    if (count > 0) require(os_write(fd, bytes, count), "write");
}

/* A request is of one to five buffers; it goes at once, or in two parts with a pause between them. */
static void client(void *argument) {
    int number = (int)(uintptr_t)argument, fd = client_ends[number];
    static const char request[5 * BUFFER];
    for (int turn = 0; os_now() < end; turn++) {
        size_t length = (size_t)((turn * 37 + number * 53) % (5 * BUFFER));
        size_t first = turn % 3 == 0 ? length / 2 : 0;
        char answer;
        if (first > 0) {
            put(fd, request, first);
            os_sleep(5 * MILLISECONDS);
        }
        put(fd, request, length - first);
        put(fd, "\n", 1);
        require(os_read(fd, &answer, 1), "read of the answer");
        os_sleep((turn % 40 == 39 ? 1500 : 20 + number * 7) * MILLISECONDS);
    }
    os_close(fd);
}

/* Whether the client has gone. */
static __attribute__((noinline)) int serve(int fd) {
    for (char buffer[BUFFER];;) {
        long count = os_read(fd, buffer, sizeof buffer);
        if (count == 0) return 1;
        if (count < 0) {
            if (strcmp(os_error, "AGAIN") != 0) require(-1, "read");
            return 0;
        }
        for (long i = 0; i < count; i++)
            if (buffer[i] == '\n') put(fd, "k", 1);
    }
}

int guest_main(int argc, char **argv) {
    static os_thread threads[CLIENTS];
    int ep = (int)require(os_epoll(), "epoll"), open = CLIENTS;
    uint64_t seconds = 0;
    for (const char *digit = argc > 1 ? argv[1] : "1"; *digit >= '0' && *digit <= '9'; digit++)
        seconds = seconds * 10 + (uint64_t)(*digit - '0');
    end = os_now() + seconds * 1000 * MILLISECONDS;
    for (int i = 0; i < CLIENTS; i++) {
        int ends[2];
        require(os_socketpair(ends), "socketpair");
        require(os_nonblocking(ends[0]), "O_NONBLOCK");
        require(os_epoll_ctl(ep, ADD, ends[0], IN | EDGE, (uint64_t)ends[0]), "epoll_ctl");
        client_ends[i] = ends[1];
    }
    for (int i = 0; i < CLIENTS; i++)
        require(os_thread_start(&threads[i], client, (void *)(uintptr_t)i), "thread");
    while (open > 0) {
        os_event events[CLIENTS];
        long count = require(os_epoll_wait(ep, events, CLIENTS, FOREVER), "epoll_wait");
        for (long i = 0; i < count; i++) {
            int fd = (int)event_token(&events[i]);
            if (!serve(fd)) continue;
            os_close(fd);
            open--;
        }
    }
    for (int i = 0; i < CLIENTS; i++) os_thread_join(&threads[i]);
    os_close(ep);
    print("%d clients were served\n", CLIENTS);
    return 0;
}
