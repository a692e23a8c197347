/* A program that does nothing as fast as it can: its event loop is told of room to write that it has no use for.
 *
 * A client sends a line twice a second. The server watches the connection level-triggered for IN and, wrongly, for OUT all
 * the time: there is always room to write, so every wait returns at once.
 *
 * What to watch: tens of thousands of epoll_wait calls a second that all return {OUT}, hardly a byte read, and a thread that
 * is never blocked. The cure is to ask for OUT only while something is left to be written.
 *
 * Usage: spin [MILLISECONDS]    how long (default: no end) */
#include "runtime.h"

static int server_end, client_end;

static void require(int error, const char *what) {
    if (error == 0) return;
    print("spin: %s: %s\n", what, wasix_errno_name(error));
    wasix_proc_exit(1);
}

static void client(void *argument) {
    (void)argument;
    for (;;) {
        wasix_iovec out = {"hello\n", 6};
        wasix_size done = 0;
        if (wasix_fd_write(client_end, &out, 1, &done) != 0) return;
        sleep_ms(500);
    }
}

int guest_main(int argc, char **argv) {
    static thread sender;
    uint64_t end = argc > 1 ? now() + parse_number(argv[1]) * 1000000 : ~0ull;
    uint64_t waits = 0, lines = 0;
    int ep;
    require(wasix_sock_pair(WASIX_AF_INET4, WASIX_SOCK_STREAM, 0, &server_end, &client_end), "sock_pair");
    require(wasix_fd_fdstat_set_flags(server_end, WASIX_FD_NONBLOCK), "set flags");
    require(wasix_epoll_create(&ep), "epoll_create");
    wasix_epoll_event event = {
        .events = WASIX_EPOLL_IN | WASIX_EPOLL_OUT, .fd = (uint32_t)server_end, .data2 = (uint64_t)server_end};
    require(wasix_epoll_ctl(ep, WASIX_EPOLL_ADD, server_end, &event), "epoll_ctl");
    require(thread_start(&sender, client, 0), "thread");
    while (now() < end) {
        uint32_t count = 0;
        int error = wasix_epoll_wait(ep, &event, 1, WASIX_FOREVER, &count);
        if (error == WASIX_EINTR) continue;
        require(error, "epoll_wait");
        waits++;
        if (!(event.events & WASIX_EPOLL_IN)) continue;
        char text[64];
        wasix_iovec in = {text, sizeof text};
        wasix_size done = 0;
        if (wasix_fd_read(server_end, &in, 1, &done) == 0 && done > 0) lines++;
    }
    print("%d waits for %d lines\n", (int)waits, (int)lines);
    return 0;
}
