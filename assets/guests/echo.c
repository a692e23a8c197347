/* An echo server under epoll on TCP loopback, together with its own clients.
 *
 * What to watch: the main thread sleeps in epoll_wait. The listener becomes ready when a client connects, then one
 * descriptor appears for each connection and is ready (IN) for the short moment between a client's message and
 * the server's read. When a client is done, its connection shows IN|RDHUP once and goes away. The client threads
 * are blocked in sock_recv or asleep nearly all the time.
 *
 * Usage: echo [MESSAGES]    messages each client sends before it hangs up (default: a million); needs the network */
#include "runtime.h"

enum { CLIENTS = 4, ROOM = 16, MESSAGE = 64 };

static uint16_t port;
static uint64_t messages = 1000000;

static void require(int error, const char *what) {
    if (error == 0) return;
    print("echo: %s: %s\n", what, wasix_errno_name(error));
    wasix_proc_exit(1);
}

/* ---- the clients: plain blocking calls ---- */

typedef struct {
    thread thread;
    int number;
} client;

static void send_and_compare(client *self, int fd, uint64_t turn) {
    char sent[MESSAGE] = "message 0 of client 0", received[MESSAGE];
    uint32_t done = 0, have = 0;
    sent[8] = (char)('0' + turn % 10);
    sent[20] = (char)('0' + self->number);
    wasix_iovec out = {sent, MESSAGE};
    uint64_t start = now();
    require(wasix_fd_write(fd, &out, 1, &done), "client writes");
    while (have < MESSAGE) {
        wasix_iovec in = {received + have, MESSAGE - have};
        require(wasix_fd_read(fd, &in, 1, &done), "client reads");
        if (done == 0) return;
        have += done;
    }
    uint64_t micros = (now() - start) / 1000;
    print("client %d: %s '%s' after %llu us\n", self->number, memcmp(sent, received, MESSAGE) == 0 ? "got" : "WRONG",
          received, micros);
}

static void client_body(void *argument) {
    client *self = argument;
    wasix_addr_port server = {.tag = WASIX_AF_INET4, .port = port, .octets = {127, 0, 0, 1}};
    int fd;
    require(wasix_sock_open(WASIX_AF_INET4, WASIX_SOCK_STREAM, WASIX_PROTO_TCP, &fd), "client opens a socket");
    require(wasix_sock_connect(fd, &server), "client connects");
    for (uint64_t turn = 0; turn < messages; turn++) {
        send_and_compare(self, fd, turn);
        sleep_ms(200 + 150 * (uint64_t)self->number);
    }
    wasix_fd_close(fd);
}

/* ---- the server: one thread, everything under epoll, level-triggered ---- */

static void watch(int ep, int fd, uint32_t events) {
    wasix_epoll_event event = {.events = events, .fd = (uint32_t)fd, .data2 = (uint64_t)fd};
    require(wasix_epoll_ctl(ep, WASIX_EPOLL_ADD, fd, &event), "epoll_ctl");
}

/* Echoes what is there; false once the client has hung up. */
static int echo_once(int fd) {
    char bytes[256];
    uint32_t done = 0;
    wasix_iovec in = {bytes, sizeof bytes};
    int error = wasix_fd_read(fd, &in, 1, &done);
    if (error == WASIX_EAGAIN) return 1;
    if (error != 0 || done == 0) return 0;
    wasix_iovec out = {bytes, done};
    return wasix_fd_write(fd, &out, 1, &done) == 0;
}

static void serve(int ep, int listener) {
    wasix_epoll_event ready[ROOM];
    for (int open = CLIENTS; open > 0;) {
        uint32_t count = 0;
        int error = wasix_epoll_wait(ep, ready, ROOM, WASIX_FOREVER, &count);
        if (error == WASIX_EINTR) continue;
        require(error, "epoll_wait");
        for (uint32_t i = 0; i < count; i++) {
            int fd = (int)ready[i].data2, connection;
            if (fd == listener) {
                wasix_addr_port peer;
                require(wasix_sock_accept(listener, WASIX_FD_NONBLOCK, &connection, &peer), "accept");
                print("server: client from port %d\n", peer.port);
                watch(ep, connection, WASIX_EPOLL_IN | WASIX_EPOLL_RDHUP);
            } else if (!echo_once(fd)) {
                print("server: a client hung up\n");
                wasix_fd_close(fd);
                open--;
            }
        }
    }
}

int guest_main(int argc, char **argv) {
    static client clients[CLIENTS];
    wasix_addr_port address = {.tag = WASIX_AF_INET4, .octets = {127, 0, 0, 1}};
    int listener, ep;
    if (argc > 1) messages = parse_number(argv[1]);
    require(wasix_sock_open(WASIX_AF_INET4, WASIX_SOCK_STREAM, WASIX_PROTO_TCP, &listener), "sock_open");
    require(wasix_sock_bind(listener, &address), "bind");
    require(wasix_sock_listen(listener, CLIENTS), "listen");
    require(wasix_sock_addr_local(listener, &address), "address");
    port = address.port;
    require(wasix_epoll_create(&ep), "epoll_create");
    watch(ep, listener, WASIX_EPOLL_IN);
    print("server: listening\n");
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].number = i;
        require(thread_start(&clients[i].thread, client_body, &clients[i]), "thread");
    }
    serve(ep, listener);
    for (int i = 0; i < CLIENTS; i++) thread_join(&clients[i].thread);
    print("server: all clients are done\n");
    return 0;
}
