/* TCP over IPv6 on the loopback interface. Needs the network. */
#include "socket_scenarios.h"

static int listener(int *port) {
    int fd = os_socket(INET6, STREAM);
    os_address address;
    show("bind", os_bind(fd, os_inet6(0)));
    show("listen", os_listen_on(fd, 8));
    show_local("local", fd);
    os_local(fd, &address);
    *port = os_port(&address);
    return fd;
}

static void stream(void) {
    scenario(1, "a connection");
    int port = 0, fd = listener(&port), client = os_socket(INET6, STREAM);
    os_address peer;
    show_local("fresh", client);
    show("connect", os_connect_to(client, os_inet6(port)));
    int server = os_accept_from(fd, &peer);
    show_address("accept", server >= 0 ? 0 : -1, &peer);
    show_peer("the client's peer", client);
    show_peer("the server's peer", server);
    show_local("the server's own", server);
    show("send", os_send(client, "hello", 5, 0));
    show_receive("look", server, 3, PEEK);
    show_receive("all", server, 5, WAIT_ALL);
    show("half-close", os_shutdown(client, SHUTDOWN_WRITE));
    show_receive("the end", server, 5, 0);
    show("the other way", os_send(server, "bye", 3, 0));
    show_receive("arrives", client, 5, 0);
    show("connect again", os_connect_to(client, os_inet6(port)));
    os_close(fd), os_close(client), os_close(server);
}

static void connecting(void) {
    scenario(2, "connecting without blocking");
    int port = 0, fd = listener(&port), ep = os_epoll(), client = os_socket(INET6, STREAM);
    os_nonblocking(client);
    show("connect", os_connect_to(client, os_inet6(port)));
    show("add", os_epoll_ctl(ep, ADD, client, OUT, 1));
    arrive(ep);
    show_poll("connected", ep);
    print("  error: %s\n", os_socket_error(client));
    os_close(client), os_close(fd);
    int late = os_socket(INET6, STREAM);
    show("refused", os_connect_to(late, os_inet6(port)));
    show_peer("peer", late);
    os_close(late), os_close(ep);
}

static void resetting(void) {
    scenario(3, "a reset");
    int port = 0, fd = listener(&port), client = os_socket(INET6, STREAM), ep = os_epoll();
    show("connect", os_connect_to(client, os_inet6(port)));
    int server = os_accept(fd);
    show("add", os_epoll_ctl(ep, ADD, client, IN | RDHUP | EDGE, 1));
    show("send", os_send(client, "unread", 6, 0));
    show_receive("it is there", server, 8, PEEK);
    os_close(server);
    show_wait("closed with data unread", ep, 4, patience);
    show_receive("reset", client, 8, 0);
    show_receive("after it", client, 8, 0);
    show("send", os_send(client, "x", 1, 0));
    os_close(client), os_close(fd), os_close(ep);
}

static void options(void) {
    scenario(4, "options");
    int fd = os_socket(INET6, STREAM), four = os_tcp();
    show("only IPv6", os_get_flag(fd, option_only_v6));
    show("set", os_set_flag(fd, option_only_v6, 1));
    show("only IPv6", os_get_flag(fd, option_only_v6));
    show("of IPv4", os_set_flag(four, option_only_v6, 1));
    show("type", os_get_size(fd, option_type) == STREAM);
    show("protocol", os_get_size(fd, option_protocol));
    show("listening", os_get_flag(fd, option_listening));
    show("no delay", os_set_flag(fd, option_no_delay, 1));
    show("no delay", os_get_flag(fd, option_no_delay));
    show("keep alive", os_set_flag(fd, option_keep_alive, 1));
    show("keep alive", os_get_flag(fd, option_keep_alive));
    show("IPv6 address from IPv4", os_connect_to(four, os_inet6(1)));
    show("hops", os_get_size(four, option_ttl));
    show("fewer", os_set_size(four, option_ttl, 9));
    show("hops", os_get_size(four, option_ttl));
    show("none", os_set_size(four, option_ttl, 0));
    show("buffer", os_set_size(four, option_receive_buffer, 10000));
    show("twice that", os_get_size(four, option_receive_buffer));
    show("buffer", os_set_size(four, option_send_buffer, 1));
    show("the least", os_get_size(four, option_send_buffer));
    os_close(fd), os_close(four);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    stream();
    connecting();
    resetting();
    options();
    return 0;
}
