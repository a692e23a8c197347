/* Running out of descriptors, where the system allows few: nothing is lost by it. Needs the network. */
#include "socket_scenarios.h"

enum { MOST = 4096 };

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    static int open[MOST];
    int count = 0, port = 0, listener = os_listen(&port), client = os_tcp();
    show("connect", os_connect(client, port));
    while (count < MOST && (open[count] = os_socket(INET4, DATAGRAM)) >= 0) count++;
    print("  some: %d, then %s\n", count > 10 && count < MOST, os_error);
    show("accept", os_accept(listener));
    os_close(open[--count]);
    int server = os_accept(listener);
    print("  with room: %d\n", server >= 0);
    show("send", os_send(client, "x", 1, 0));
    show_receive("it comes", server, 1, 0);
    show("another socket", os_socket(LOCAL, STREAM));
    while (count > 0) os_close(open[--count]);
    int ep = os_epoll();
    show("add", os_epoll_ctl(ep, ADD, server, OUT, 1));
    show_poll("all is well", ep);
    return 0;
}
