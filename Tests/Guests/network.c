/* Acceptance scenarios 6, 18 and 19 on TCP over loopback. Needs the network. */
#include "transcript.h"

static const uint64_t patience = 2000 * MILLISECONDS;

/* Waits until the first event; what it says is printed by the caller's next look. */
static void arrive(int ep) {
    os_event event;
    os_epoll_wait(ep, &event, 1, patience);
}

static void peer_shutdown(void) {
    scenario(6, "peer of a TCP connection shuts down");
    for (int with = 0; with < 2; with++) {
        int port = 0, listener = os_listen(&port), client = os_tcp(), ep = os_epoll();
        show("connect", os_connect(client, port));
        int server = os_accept(listener);
        show("add", os_epoll_ctl(ep, ADD, server, IN | (with ? RDHUP : 0), 1));
        show_poll("open", ep);
        show("peer shuts its writing side", os_shutdown(client, SHUTDOWN_WRITE));
        arrive(ep);
        show_poll(with ? "with RDHUP" : "without RDHUP", ep);
        char byte;
        show("read", os_read(server, &byte, 1));
        show("write", os_write(server, "x", 1));
        show("shut down this side too", os_shutdown(server, SHUTDOWN_WRITE));
        show_poll("both directions", ep);
        show("write", os_write(server, "x", 1));
        os_close(server), os_close(client), os_close(listener), os_close(ep);
    }
}

static void connecting(void) {
    scenario(18, "connect without blocking");
    int port = 0, listener = os_listen(&port), ep = os_epoll(), open = os_tcp();
    os_nonblocking(open);
    show("add a fresh socket", os_epoll_ctl(ep, ADD, open, OUT | IN, 1));
    show_poll("fresh", ep);
    show("connect to an open port", os_connect(open, port));
    arrive(ep);
    show_poll("connected", ep);
    print("  error: %s\n", os_socket_error(open));
    show("connect again", os_connect(open, port));
    os_close(open), os_close(listener);

    int refused = os_tcp();
    os_nonblocking(refused);
    show("connect to a closed port", os_connect(refused, port));
    show("add", os_epoll_ctl(ep, ADD, refused, OUT, 2));
    arrive(ep);
    show_poll("refused", ep);
    print("  error: %s\n", os_socket_error(refused));
    print("  error: %s\n", os_socket_error(refused));
    show_poll("after asking for the error", ep);
    os_close(refused), os_close(ep);
}

static void listening(void) {
    scenario(19, "a listener, edge-triggered");
    enum { CLIENTS = 4 };
    int port = 0, listener = os_listen(&port), ep = os_epoll(), clients[CLIENTS], servers[CLIENTS];
    os_nonblocking(listener);
    show("accept too early", os_accept(listener));
    for (int i = 0; i < 3; i++) {
        clients[i] = os_tcp();
        show("connect", os_connect(clients[i], port));
    }
    show("add", os_epoll_ctl(ep, ADD, listener, IN | EDGE, 1));
    show_wait("three pending", ep, 4, patience);
    show_poll("spent", ep);
    servers[0] = os_accept(listener);
    show_poll("accepted one", ep);
    clients[3] = os_tcp();
    show("a fourth", os_connect(clients[3], port));
    show_wait("new event", ep, 4, patience);
    for (int i = 1; i < CLIENTS; i++) print("  accepted: %d\n", (servers[i] = os_accept(listener)) >= 0);
    show("accept from the empty queue", os_accept(listener));
    for (int i = 0; i < CLIENTS; i++) os_close(clients[i]), os_close(servers[i]);
    os_close(listener), os_close(ep);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    peer_shutdown();
    connecting();
    listening();
    return 0;
}
