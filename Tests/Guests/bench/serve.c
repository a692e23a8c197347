/* A TCP echo server under epoll, one thread; bench/native/load.c is its client on both sides of the comparison.
 * Prints "port N", then serves until that many connections have come and gone. Needs the network.
 * Usage: serve CONNECTIONS */
#include "report.h"

enum { ROOM = 64 };

/* Echoes what is there; false once the client has hung up. */
static int echo_once(int fd) {
    char bytes[4096];
    long count = os_read(fd, bytes, sizeof bytes);
    if (count < 0) return strcmp(os_error, "AGAIN") == 0;
    for (long done = 0; done < count;) {
        long written = os_write(fd, bytes + done, (size_t)(count - done));
        require(written, "write");
        done += written;
    }
    return count > 0;
}

int guest_main(int argc, char **argv) {
    static os_event events[ROOM];
    uint64_t open = argument(argc, argv, 1, 1);
    int port = 0, listener = os_listen(&port), ep = os_epoll();
    require(listener, "listen");
    os_nonblocking(listener);
    require(os_epoll_ctl(ep, ADD, listener, IN, (uint64_t)listener), "add");
    print("port %d\n", port);
    while (open > 0) {
        int count = os_epoll_wait(ep, events, ROOM, FOREVER);
        require(count, "wait");
        for (int i = 0; i < count; i++) {
            int fd = (int)event_token(&events[i]), connection;
            if (fd == listener) {
                while ((connection = os_accept(listener)) >= 0) {
                    os_nonblocking(connection);
                    os_no_delay(connection);
                    require(os_epoll_ctl(ep, ADD, connection, IN, (uint64_t)connection), "add");
                }
            } else if (!echo_once(fd)) {
                os_close(fd);
                open--;
            }
        }
    }
    return 0;
}
