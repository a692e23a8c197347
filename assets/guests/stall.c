/* A program that hangs, with one of the most common epoll mistakes.
 *
 * A client thread sends requests over a socket pair and waits for each answer. The server watches its end
 * edge-triggered and, wrongly, reads only once for each event. That works as long as a request fits its buffer. The
 * fifth one does not: its last 16 bytes stay in the socket, no new edge comes for bytes that are already there, and
 * both threads wait for ever.
 *
 * What to watch: the server thread blocked in epoll_wait, its item ready (IN, 16 bytes unread) but spent, the client
 * blocked in fd_read. The cure is to read until AGAIN.
 *
 * Usage: stall [MILLISECONDS] [brisk|quick] [drain|mod|level|byte]
 *   MILLISECONDS  give up after so long without a request (default: never)
 *   brisk, quick  no pause, or a short one, between requests
 *   drain         cure: read until AGAIN              level  cure: level-triggered
 *   mod           cure: EPOLL_CTL_MOD after a read    byte   no cure: the client sends one more byte
 * With one of these four, requests go on, and get longer. */
#include "linux.h"

enum { BUFFER = 32, SHORT = 24, GOOD = 4 };
enum { LONGEST = 240, ANSWER = 2 };
static int server_end, client_end, ep;
static int drain, mod, level, byte, pause_ms = 700;

/* The first four fit the server's buffer. */
static int request_length(int number) {
    int length = SHORT;
    if (number > GOOD) length *= number - GOOD + 1;
    return length < LONGEST ? length : LONGEST;
}

static void client_body(void *argument) {
    char request[LONGEST + 1], answer[ANSWER];
    memset(request, 'a', sizeof request);
    (void)argument;
    for (int number = 1;; number++) {
        int length = request_length(number);
        char *start = request + LONGEST - length;
        request[LONGEST - 1] = '\n';
        print("client: request %d, %d bytes\n", number, length);
        require(write(client_end, start, length), "write");
        if (byte && length > BUFFER) {
            sleep_ms(200);
            require(write(client_end, "\n", 1), "write");
        }
        if (read(client_end, answer, ANSWER) <= 0)
            return;
        print("client: answered\n");
        if (pause_ms > 0) sleep_ms(pause_ms);
    }
}

/* Reads what one call gives. A request ends
 * with a newline, and is answered then. */
__attribute__((noinline))
static int serve_once(int *have) {
    char buffer[BUFFER];
    int got = read(server_end, buffer, BUFFER);
    if (got <= 0) return -1;
    *have += got;
    print("server: read %d bytes\n", got);
    if (buffer[got - 1] != '\n') return got;
    *have = 0;
    return write(server_end, "ok", ANSWER);
}

static void watch(int operation) {
    struct epoll_event event = {.events = EPOLLIN};
    if (!level) event.events |= EPOLLET;
    event.data.fd = server_end;
    require(epoll_ctl(ep, operation, server_end, &event),
            "epoll_ctl");
}

int guest_main(int argc, char **argv) {
    static thread client;
    int ends[2], patience = -1, have = 0, count;
    struct epoll_event event;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (*word <= '9') patience = (int)parse_number(word);
        if (strcmp(word, "brisk") == 0) pause_ms = 0;
        if (strcmp(word, "quick") == 0) pause_ms = 200;
        drain |= strcmp(word, "drain") == 0;
        mod |= strcmp(word, "mod") == 0;
        level |= strcmp(word, "level") == 0;
        byte |= strcmp(word, "byte") == 0;
    }
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "pair");
    server_end = ends[0], client_end = ends[1];
    require(fcntl(server_end, F_SETFL, O_NONBLOCK), "fcntl");
    require(ep = epoll_create1(0), "epoll_create1");
    watch(EPOLL_CTL_ADD);
    require(-thread_start(&client, client_body, 0), "thread");
    for (;;) {
        count = epoll_wait(ep, &event, 1, patience);
        if (count == 0) break;
        if (count < 0) continue;
        serve_once(&have);
        while (drain && serve_once(&have) >= 0) {}
        if (mod) watch(EPOLL_CTL_MOD);
    }
    print("server: no event, though %d bytes of a request are "
          "here and the rest is in the socket\n", have);
    return 0;
}
