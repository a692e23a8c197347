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
 * Usage: stall [MILLISECONDS]    give up after so long without a request (default: never) */
#include "runtime.h"

enum { BUFFER = 32, SHORT = 24, LONG = 48, ANSWER = 2, GOOD_REQUESTS = 4 };

static int server_end, client_end;

static void require(int error, const char *what) {
    if (error == 0) return;
    print("stall: %s: %s\n", what, wasix_errno_name(error));
    wasix_proc_exit(1);
}

static void client_body(void *argument) {
    static const char request[LONG] = "GET /a/page/whose/name/is/longer/than/others\n";
    (void)argument;
    for (int number = 1;; number++) {
        uint32_t done = 0, length = number <= GOOD_REQUESTS ? SHORT : LONG;
        char answer[ANSWER];
        wasix_iovec out = {(void *)(request + LONG - length), length}, in = {answer, ANSWER};
        print("client: request %d, %d bytes\n", number, length);
        require(wasix_fd_write(client_end, &out, 1, &done), "client writes");
        require(wasix_fd_read(client_end, &in, 1, &done), "client reads");
        if (done == 0) return;
        print("client: answered\n");
        sleep_ms(700);
    }
}

/* Reads what one call gives, and answers when a request is complete: SHORT or LONG bytes. */
__attribute__((noinline)) static void serve_once(uint32_t *have) {
    char buffer[BUFFER];
    uint32_t done = 0;
    wasix_iovec in = {buffer, BUFFER}, out = {"ok", ANSWER};
    require(wasix_fd_read(server_end, &in, 1, &done), "server reads");
    *have += done;
    print("server: read %d bytes\n", done);
    if (*have != SHORT && *have != LONG) return;
    *have = 0;
    require(wasix_fd_write(server_end, &out, 1, &done), "server writes");
}

int guest_main(int argc, char **argv) {
    static thread client;
    uint64_t patience = argc > 1 ? parse_number(argv[1]) * 1000000 : WASIX_FOREVER;
    uint32_t have = 0;
    int ep;
    require(wasix_sock_pair(WASIX_AF_INET4, WASIX_SOCK_STREAM, 0, &server_end, &client_end), "sock_pair");
    require(wasix_fd_fdstat_set_flags(server_end, WASIX_FD_NONBLOCK), "set flags");
    require(wasix_epoll_create(&ep), "epoll_create");
    wasix_epoll_event event = {.events = WASIX_EPOLL_IN | WASIX_EPOLL_ET, .fd = (uint32_t)server_end, .data2 = 1};
    require(wasix_epoll_ctl(ep, WASIX_EPOLL_ADD, server_end, &event), "epoll_ctl");
    require(thread_start(&client, client_body, 0), "thread");
    for (;;) {
        uint32_t count = 0;
        int error = wasix_epoll_wait(ep, &event, 1, patience, &count);
        if (error == WASIX_EINTR) continue;
        require(error, "epoll_wait");
        if (count == 0) break;
        serve_once(&have);
    }
    print("server: no event, though %d bytes of a request are here and the rest is in the socket\n", have);
    return 0;
}
