/* Datagrams over IPv4 and IPv6, with everything that can be told of them. Needs the network. */
#include "socket_scenarios.h"

static os_address any(int family, int port) { return family == INET4 ? os_inet4(port) : os_inet6(port); }

static int bound(int family, int *port) {
    int fd = os_socket(family, DATAGRAM);
    os_address address;
    show("bind", os_bind(fd, any(family, 0)));
    os_local(fd, &address);
    *port = os_port(&address);
    return fd;
}

static void opening(int family) {
    scenario(1, "a fresh datagram socket");
    int fd = os_socket(family, DATAGRAM), ep = os_epoll();
    show_local("local", fd);
    show_peer("peer", fd);
    show("type", os_get_size(fd, option_type) == DATAGRAM);
    show("protocol", os_get_size(fd, option_protocol));
    show("add", os_epoll_ctl(ep, ADD, fd, IN | OUT | RDHUP, 1));
    show_poll("fresh", ep);
    show("listen", os_listen_on(fd, 4));
    show("accept", os_accept(fd));
    show("send to nobody", os_send(fd, "x", 1, 0));
    show_receive("receive", fd, 8, DONT_WAIT);
    show("bind", os_bind(fd, any(family, 0)));
    show("bind again", os_bind(fd, any(family, 0)));
    show_local("local", fd);
    os_close(fd), os_close(ep);
}

static void exchange(int family) {
    scenario(2, "datagrams keep their bounds");
    int port = 0, server = bound(family, &port), client = os_socket(family, DATAGRAM), ep = os_epoll();
    show("add", os_epoll_ctl(ep, ADD, server, IN, 1));
    show_poll("empty", ep);
    show("send to", os_send_to(client, "abc", 3, 0, any(family, port)));
    show("send to", os_send_to(client, "", 0, 0, any(family, port)));
    show("send to", os_send_to(client, "defgh", 5, 0, any(family, port)));
    show_local("the sender has an address", client);
    arrive(ep);
    show_poll("three queued", ep);
    show_receive_from("look", server, 8, PEEK);
    show_receive_from("first", server, 8, 0);
    show_poll("two queued", ep);
    show_receive_from("empty one", server, 8, 0);
    show_receive_from("third, cut", server, 2, 0);
    show_receive_from("none", server, 8, DONT_WAIT);
    show_poll("drained", ep);
    os_close(server), os_close(client), os_close(ep);
}

static void connected(int family) {
    scenario(3, "a connected datagram socket");
    int port = 0, other_port = 0, server = bound(family, &port), other = bound(family, &other_port);
    int client = os_socket(family, DATAGRAM);
    show("connect", os_connect_to(client, any(family, port)));
    show_peer("peer", client);
    show_local("local", client);
    show("two parts", os_send_parts(client, "ab", "cd"));
    show_receive("as one", server, 16, 0);
    show("write", os_write(client, "xy", 2));
    show("write nothing", os_write(client, "", 0));
    show_receive_from("xy", server, 16, 0);
    show_receive_from("nothing", server, 16, 0);
    os_address local;
    os_local(client, &local);
    show("a stranger sends", os_send_to(other, "no", 2, 0, any(family, os_port(&local))));
    show("the peer sends", os_send_to(server, "yes", 3, 0, any(family, os_port(&local))));
    show_receive("only the peer's comes", client, 16, 0);
    show_receive("and nothing else", client, 16, DONT_WAIT);
    show("send to another all the same", os_send_to(client, "o", 1, 0, any(family, other_port)));
    show_receive("it arrives", other, 16, 0);
    show("take the peer back", os_connect_to(client, os_nowhere()));
    show_peer("peer", client);
    show("send", os_send(client, "x", 1, 0));
    os_close(server), os_close(other), os_close(client);
}

static void refused(int family) {
    scenario(4, "nobody at the other end");
    int port = 0, server = bound(family, &port), client = os_socket(family, DATAGRAM), ep = os_epoll();
    os_nonblocking(client);
    show("connect", os_connect_to(client, any(family, port)));
    show("add", os_epoll_ctl(ep, ADD, client, IN | EDGE, 1));
    os_close(server);
    show("send", os_send(client, "x", 1, 0));
    arrive(ep);
    show("modify", os_epoll_ctl(ep, MOD, client, IN, 1));
    show_poll("refused", ep);
    show_receive("the next call tells", client, 8, 0);
    show_poll("told", ep);
    show_receive("once", client, 8, 0);
    show("send", os_send(client, "x", 1, 0));
    arrive(ep);
    print("  error: %s\n", os_socket_error(client));
    print("  error: %s\n", os_socket_error(client));
    os_close(client), os_close(ep);
}

static void shut(int family) {
    scenario(5, "shutting down");
    int port = 0, server = bound(family, &port), client = os_socket(family, DATAGRAM), ep = os_epoll();
    show("unconnected", os_shutdown(client, SHUTDOWN_WRITE));
    os_close(client);
    client = os_socket(family, DATAGRAM);
    show("connect", os_connect_to(client, any(family, port)));
    show("add", os_epoll_ctl(ep, ADD, client, IN | RDHUP, 1));
    show("shut down reading", os_shutdown(client, SHUTDOWN_READ));
    show_poll("reading shut", ep);
    show_receive("at once", client, 8, DONT_WAIT);
    show_receive("patiently", client, 8, 0);
    show_poll("still", ep);
    show("shut down writing", os_shutdown(client, SHUTDOWN_WRITE));
    show_poll("both shut", ep);
    show("send", os_send(client, "x", 1, 0));
    os_close(server), os_close(client), os_close(ep);
}

static void wrong(int family) {
    scenario(6, "what cannot be sent");
    static char large[70000];
    int port = 0, server = bound(family, &port), client = os_socket(family, DATAGRAM);
    show("too large", os_send_to(client, large, sizeof large, 0, any(family, port)));
    if (family == INET4) show("to IPv6 from IPv4", os_send_to(client, "x", 1, 0, os_inet6(port)));
    if (family == INET4) show("to no port", os_send_to(client, "x", 1, 0, any(family, 0)));
    show("the same port twice", os_bind(client, any(family, port)));
    show("no receiver's time", os_set_time(server, option_receive_timeout, 20 * MILLISECONDS));
    show_receive("runs out", server, 8, 0);
    os_close(server), os_close(client);
}

static void multicast(void) {
    scenario(7, "groups");
    int port = 0, four = bound(INET4, &port), six = os_socket(INET6, DATAGRAM), stream = os_tcp();
    show("join", os_join4(four, 5));
    show("join again", os_join4(four, 5));
    show("leave", os_leave4(four, 5));
    show("leave again", os_leave4(four, 5));
    show("join", os_join6(six, 0x34));
    show("join again", os_join6(six, 0x34));
    show("leave", os_leave6(six, 0x34));
    show("leave again", os_leave6(six, 0x34));
    show("with a stream", os_join4(stream, 5));
    show("IPv6 group of IPv4", os_join6(four, 0x34));
    show("loop", os_get_flag(four, option_loop4));
    show("no loop", os_set_flag(four, option_loop4, 0));
    show("loop", os_get_flag(four, option_loop4));
    show("loop of IPv6", os_get_flag(six, option_loop6));
    show("hops", os_get_size(four, option_multicast_ttl));
    show("more hops", os_set_size(four, option_multicast_ttl, 7));
    show("hops", os_get_size(four, option_multicast_ttl));
    show("too many", os_set_size(four, option_multicast_ttl, 300));
    show("broadcast", os_get_flag(four, option_broadcast));
    show("set", os_set_flag(four, option_broadcast, 1));
    show("broadcast", os_get_flag(four, option_broadcast));
    show("no-delay of a datagram socket", os_set_flag(four, option_no_delay, 1));
    os_close(four), os_close(six), os_close(stream);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    for (int i = 0; i < 2; i++) {
        int family = i == 0 ? INET4 : INET6;
        print("%s\n", i == 0 ? "IPv4" : "IPv6");
        opening(family);
        exchange(family);
        connected(family);
        refused(family);
        shut(family);
        wrong(family);
    }
    multicast();
    return 0;
}
