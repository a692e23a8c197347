/* Clients that are hard on bench/http.c, in numbers. Every way but the last ends with an ordinary request that must be
 * answered; prints "crowd COUNT clients" and exits with 1 on any error.
 *
 *   idle    COUNT connections that say nothing: prints "holding COUNT", hangs up when its own input ends
 *   slow    COUNT clients that ask for /large byte by byte and read it in small pieces
 *   reset   COUNT connections, one after the other, that are reset at a different point of a request each
 *   storm   COUNT connections as fast as they can be made, closed at once
 *   quit    asks the server to end, and waits for that
 *
 * Usage: crowd PORT COUNT idle|slow|reset|storm|quit */
#include "../report.h"

enum { LARGE = 8 << 20, PIECE = 4096, IN_FLIGHT = 512, PATIENCE = 10000 };

static int port;
static uint64_t count;

static int connected(void) {
    int fd = os_tcp();
    require(fd, "socket");
    require(os_connect(fd, port), "connect");
    return fd;
}

/* An error that is none of the system's. */
static void demand(int holds, const char *what) {
    if (holds) return;
    os_error = "not as it should be";
    require(-1, what);
}

static void ordinary_request(void) {
    static const char request[] = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", end[] = "Hello, World!";
    char answer[512];
    size_t have = 0;
    long got;
    int fd = connected();
    struct timeval limit = {PATIENCE / 1000, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    require(os_write(fd, request, sizeof request - 1), "request");
    while ((got = os_read(fd, answer + have, sizeof answer - have)) > 0) have += (size_t)got;
    require(got, "answer");
    demand(have > sizeof end && memcmp(answer + have - (sizeof end - 1), end, sizeof end - 1) == 0, "answer");
    os_close(fd);
}

/* ---- idle ---- */

static void idle(void) {
    int *fds = os_allocate(count * sizeof *fds);
    char byte;
    for (uint64_t i = 0; i < count; i++) fds[i] = connected();
    // The last of them is known to have been accepted once a later one is answered.
    ordinary_request();
    print("holding %llu\n", (unsigned long long)count);
    while (os_read(0, &byte, 1) > 0) {}
    for (uint64_t i = 0; i < count; i++) os_close(fds[i]);
}

/* ---- slow ---- */

typedef struct {
    int fd;
    size_t body;
    int head_matched, has_ended;
} reader;

/* One small read; whether something came. Checks every byte of the body. */
static int read_piece(reader *self) {
    static const char head_end[] = "\r\n\r\n";
    char piece[PIECE];
    long got = recv(self->fd, piece, sizeof piece, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return 0;
    require(got, "read");
    if (got == 0) self->has_ended = 1;
    for (long i = 0; i < got; i++) {
        if (self->head_matched < 4) {
            self->head_matched = piece[i] == head_end[self->head_matched] ? self->head_matched + 1 : piece[i] == '\r';
        } else {
            demand(piece[i] == (char)('a' + self->body++ % 26), "byte of the body");
        }
    }
    return 1;
}

static void slow(void) {
    static const char request[] = "GET /large HTTP/1.1\r\nConnection: close\r\n\r\n";
    reader *readers = os_allocate(count * sizeof *readers);
    for (uint64_t i = 0; i < count; i++) {
        int small = 8 * PIECE;
        readers[i].fd = connected();
        setsockopt(readers[i].fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        os_no_delay(readers[i].fd);
    }
    for (size_t at = 0; at < sizeof request - 1; at++)
        for (uint64_t i = 0; i < count; i++) require(os_write(readers[i].fd, request + at, 1) - 1, "write");
    uint64_t open = count, last = os_now();
    while (open > 0) {
        int moved = 0;
        open = 0;
        for (uint64_t i = 0; i < count; i++) {
            if (readers[i].has_ended) continue;
            moved |= read_piece(&readers[i]);
            open += !readers[i].has_ended;
        }
        if (moved) last = os_now();
        demand(os_now() - last < PATIENCE * MILLISECONDS, "progress");
        if (!moved) os_sleep(MILLISECONDS / 10);
    }
    for (uint64_t i = 0; i < count; i++) {
        demand(readers[i].body == LARGE, "size of the body");
        os_close(readers[i].fd);
    }
}

/* ---- reset ---- */

static void hang_up_hard(int fd) {
    struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    os_close(fd);
}

static void reset(void) {
    static const char *const starts[] = {"", "GET / HT", "GET /large HTTP/1.1\r\n\r\n",
                                         "GET / HTTP/1.1\r\n\r\nGET /la", "\r\n\r\n",
                                         "GET /large HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"};
    for (uint64_t i = 0; i < count; i++) {
        const char *start = starts[i % (sizeof starts / sizeof *starts)];
        char piece[PIECE];
        int fd = connected();
        if (*start) require(os_write(fd, start, strlen(start)), "write");
        if (i % 7 == 0 && strncmp(start, "GET /large", 10) == 0) require(os_read(fd, piece, sizeof piece), "read");
        hang_up_hard(fd);
    }
}

/* ---- storm ---- */

static void storm(void) {
    static os_event events[64];
    int ep = os_epoll();
    require(ep, "epoll");
    for (uint64_t started = 0, done = 0; done < count;) {
        for (; started < count && started - done < IN_FLIGHT; started++) {
            int fd = os_tcp();
            require(fd, "socket");
            require(os_nonblocking(fd), "nonblocking");
            if (os_connect(fd, port) < 0) demand(strcmp(os_error, "INPROGRESS") == 0, "connect");
            require(os_epoll_ctl(ep, ADD, fd, OUT, (uint64_t)fd), "add");
        }
        int ready = os_epoll_wait(ep, events, 64, PATIENCE * MILLISECONDS);
        require(ready - 1, "a connection in time");
        for (int i = 0; i < ready; i++, done++) {
            int fd = (int)event_token(&events[i]);
            const char *error = os_socket_error(fd);
            demand(strcmp(error, "SUCCESS") == 0, error);
            hang_up_hard(fd);
        }
    }
}

/* ---- quit ---- */

static void quit(void) {
    static const char request[] = "GET /quit HTTP/1.1\r\n\r\n";
    char byte;
    int fd = connected();
    require(os_write(fd, request, sizeof request - 1), "request");
    while (os_read(fd, &byte, 1) > 0) {}
}

int guest_main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*way)(void);
    } ways[] = {{"idle", idle}, {"slow", slow}, {"reset", reset}, {"storm", storm}, {"quit", quit}};
    if (argc != 4) return 64;
    port = (int)parse_number(argv[1]);
    count = parse_number(argv[2]);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(argv[3], ways[i].name) != 0) continue;
        ways[i].way();
        if (ways[i].way != quit) ordinary_request();
        print("crowd %llu clients\n", (unsigned long long)count);
        return 0;
    }
    return 64;
}
