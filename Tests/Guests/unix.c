/* Unix-domain sockets with names, pairs of them, and files straight to sockets. Needs the network and a directory. */
#include "socket_scenarios.h"

static int server(const char *name, int type) {
    int fd = os_socket(LOCAL, type);
    show("bind", os_bind(fd, os_unix(name)));
    return fd;
}

static void streams(void) {
    scenario(1, "a stream");
    int fd = os_socket(LOCAL, STREAM), ep = os_epoll(), client = os_socket(LOCAL, STREAM);
    show_local("fresh", fd);
    show_peer("peer", fd);
    show("add", os_epoll_ctl(ep, ADD, fd, IN | OUT | RDHUP, 1));
    show_poll("fresh", ep);
    show("listen without a name", os_listen_on(fd, 4));
    show("send", os_send(fd, "x", 1, 0));
    show_receive("receive", fd, 1, DONT_WAIT);
    show("bind", os_bind(fd, os_unix("stream")));
    show("bind again", os_bind(fd, os_unix("another")));
    show_local("local", fd);
    show("connect too early", os_connect_to(client, os_unix("stream")));
    show("listen", os_listen_on(fd, 4));
    show("listening", os_get_flag(fd, option_listening));
    show_poll("listening", ep);
    show("connect", os_connect_to(client, os_unix("stream")));
    show("connect again", os_connect_to(client, os_unix("stream")));
    show_poll("one waits", ep);
    os_address peer;
    int accepted = os_accept_from(fd, &peer);
    show_address("accept", accepted >= 0 ? 0 : -1, &peer);
    show_local("accepted", accepted);
    show_peer("the client's peer", client);
    show_local("the client's own", client);
    show("send", os_send(client, "hello", 5, 0));
    show("with an address", os_send_to(client, "hello", 5, 0, os_unix("stream")));
    show_receive("look", accepted, 3, PEEK);
    show_receive_from("two", accepted, 2, 0);
    show_receive("all", accepted, 3, WAIT_ALL);
    show("half-close", os_shutdown(client, SHUTDOWN_WRITE));
    show_receive("the end", accepted, 5, 0);
    show("the other way", os_send(accepted, "bye", 3, 0));
    os_close(accepted);
    show_receive("what was sent", client, 5, 0);
    show_receive("the end", client, 5, 0);
    show("nobody there", os_send(client, "x", 1, 0));
    os_close(client), os_close(ep);
    int late = os_socket(LOCAL, STREAM);
    os_close(fd);
    show("the name outlives the socket", os_connect_to(late, os_unix("stream")));
    show("taken", os_bind(late, os_unix("stream")));
    show("unlink", os_unlink("stream"));
    show("gone", os_connect_to(late, os_unix("stream")));
    show("free", os_bind(late, os_unix("stream")));
    os_close(late), os_unlink("stream");
}

static void names(void) {
    scenario(2, "names");
    int fd = os_socket(LOCAL, STREAM), file = os_create("plain"), datagram = server("datagram", DATAGRAM);
    show("no such directory", os_bind(fd, os_unix("none/such")));
    show("below a file", os_bind(fd, os_unix("plain/such")));
    show("a file", os_bind(fd, os_unix("plain")));
    show("a slash behind", os_bind(fd, os_unix("new/")));
    show("connect to a file", os_connect_to(fd, os_unix("plain")));
    show("connect to a directory", os_connect_to(fd, os_unix(".")));
    show("connect to nothing", os_connect_to(fd, os_unix("nothing")));
    show("connect to another type", os_connect_to(fd, os_unix("datagram")));
    show("to an internet address", os_connect_to(os_tcp(), os_unix("datagram")));
    show("still fresh", os_bind(fd, os_unix("./fresh")));
    os_close(fd), os_close(file), os_close(datagram);
    os_unlink("plain"), os_unlink("datagram"), os_unlink("fresh");
}

static void datagrams(void) {
    scenario(3, "datagrams");
    int fd = server("datagram", DATAGRAM), client = os_socket(LOCAL, DATAGRAM), ep = os_epoll();
    show("add", os_epoll_ctl(ep, ADD, fd, IN | OUT, 1));
    show_poll("empty", ep);
    show("send to nobody", os_send(client, "x", 1, 0));
    show("send to", os_send_to(client, "abc", 3, 0, os_unix("datagram")));
    show("send to", os_send_to(client, "", 0, 0, os_unix("datagram")));
    show_poll("two", ep);
    show_receive_from("without a name", fd, 8, 0);
    show_receive_from("empty", fd, 8, 0);
    show("bind", os_bind(client, os_unix("client")));
    show("connect", os_connect_to(client, os_unix("datagram")));
    show_peer("peer", client);
    show_local("local", client);
    show("two parts", os_send_parts(client, "ab", "cd"));
    show_receive_from("look", fd, 8, PEEK);
    show_receive_from("with a name, cut", fd, 2, 0);
    show("answer", os_send_to(fd, "to you", 6, 0, os_unix("client")));
    show_receive("it comes", client, 8, 0);
    int stranger = os_socket(LOCAL, DATAGRAM), count = 0;
    show("a stranger", os_send_to(stranger, "x", 1, 0, os_unix("client")));
    while (os_send(client, "x", 1, DONT_WAIT) == 1) count++;
    print("  full: %d %s\n", count > 0, os_error);
    show("a queued one", os_send(client, "x", 1, DONT_WAIT));
    os_close(fd);
    show("nobody there", os_send(client, "x", 1, 0));
    show("any more", os_send(client, "x", 1, 0));
    show("the name alone", os_send_to(client, "x", 1, 0, os_unix("datagram")));
    os_close(client), os_close(stranger), os_close(ep);
    os_unlink("client"), os_unlink("datagram");
}

/* Waits for its receiver, whose queue is full: it is not connected to it. */
static void sender(void *argument) {
    int fd = os_socket(LOCAL, DATAGRAM);
    for (int i = 0; i < *(int *)argument; i++)
        if (os_send_to(fd, "x", 1, 0, os_unix("slow")) != 1) print("  lost one: %s\n", os_error);
    os_close(fd);
}

static void waiting(void) {
    scenario(4, "a sender waits for its receiver");
    int fd = server("slow", DATAGRAM), many = 500, received = 0;
    os_thread thread;
    os_thread_start(&thread, sender, &many);
    char byte;
    int truncated;
    while (received < many && os_receive(fd, &byte, 1, 0, &truncated) == 1) received++;
    os_thread_join(&thread);
    print("  received: %d\n", received);
    os_close(fd), os_unlink("slow");
}

/* Connects more often than the listener's queue has room for. */
static void connector(void *argument) {
    for (int i = 0; i < *(int *)argument; i++) {
        int fd = os_socket(LOCAL, STREAM);
        if (os_connect_to(fd, os_unix("crowd")) < 0) print("  not connected: %s\n", os_error);
        os_close(fd);
    }
}

static void crowding(void) {
    scenario(5, "connecting waits for the listener's queue");
    int fd = server("crowd", STREAM), many = 50, accepted = 0, first = os_socket(LOCAL, STREAM);
    show("listen", os_listen_on(fd, 0));
    os_nonblocking(first);
    show("the first has room", os_connect_to(first, os_unix("crowd")));
    int second = os_socket(LOCAL, STREAM);
    os_nonblocking(second);
    show("the second has none", os_connect_to(second, os_unix("crowd")));
    os_thread thread;
    os_thread_start(&thread, connector, &many);
    while (accepted < many + 1) {
        int client = os_accept(fd);
        if (client < 0) break;
        accepted++;
        os_close(client);
    }
    os_thread_join(&thread);
    print("  accepted: %d\n", accepted);
    os_close(first), os_close(second), os_close(fd), os_unlink("crowd");
}

static void pairs(int type) {
    scenario(6, type == STREAM ? "a pair of streams" : "a pair for datagrams");
    int ends[2], ep = os_epoll();
    show("pair", os_socketpair_of(type, ends));
    show_local("local", ends[0]);
    show_peer("peer", ends[0]);
    show("type", os_get_size(ends[0], option_type) == type);
    show("protocol", os_get_size(ends[0], option_protocol));
    show("listen", os_listen_on(ends[0], 1));
    show("accept", os_accept(ends[0]));
    show("add", os_epoll_ctl(ep, ADD, ends[1], IN | OUT | RDHUP, 1));
    show("send", os_send(ends[0], "abc", 3, 0));
    show("and nothing", os_send(ends[0], "", 0, 0));
    show_poll("sent", ep);
    show_receive("cut", ends[1], 2, 0);
    show_receive("the rest", ends[1], 8, DONT_WAIT);
    show_receive("none", ends[1], 8, DONT_WAIT);
    show("options", os_set_flag(ends[0], option_keep_alive, 1));
    show("kept", os_get_flag(ends[0], option_keep_alive));
    show("no delay", os_set_flag(ends[0], option_no_delay, 1));
    show("buffer", os_set_size(ends[0], option_send_buffer, 5000));
    show("twice that", os_get_size(ends[0], option_send_buffer));
    show("buffer", os_set_size(ends[0], option_receive_buffer, 1));
    show("the least", os_get_size(ends[0], option_receive_buffer));
    show("patience", os_set_time(ends[1], option_receive_timeout, 20 * MILLISECONDS));
    show_receive("runs out", ends[1], 8, 0);
    show("shut down reading", os_shutdown(ends[1], SHUTDOWN_READ));
    show_poll("reading shut", ep);
    show_receive("at once", ends[1], 8, DONT_WAIT);
    show_receive("patiently", ends[1], 8, 0);
    show("send", os_send(ends[0], "x", 1, 0));
    show("the other way", os_send(ends[1], "y", 1, 0));
    os_close(ends[1]);
    show_peer("peer", ends[0]);
    show("nobody there", os_send(ends[0], "x", 1, 0));
    show("any more", os_send(ends[0], "x", 1, 0));
    show_peer("peer", ends[0]);
    print("  error: %s\n", os_socket_error(ends[0]));
    show_receive("what was sent", ends[0], 8, DONT_WAIT);
    show_receive("and then", ends[0], 8, DONT_WAIT);
    os_close(ends[0]), os_close(ep);
}

static void files(void) {
    scenario(7, "files straight to descriptors");
    int file = os_create("data"), stream[2], datagram[2], pipe[2], copy;
    static char block[10000];
    for (size_t i = 0; i < sizeof block; i++) block[i] = (char)('a' + i % 26);
    show("write", os_write(file, block, sizeof block));
    os_socketpair_of(STREAM, stream), os_socketpair_of(DATAGRAM, datagram), os_pipe(pipe);
    show("to a stream", os_send_file(stream[0], file, 1, 100));
    show_receive("it comes", stream[1], 200, 0);
    show("to the end", os_send_file(stream[0], file, 9000, 5000));
    show_receive("it comes", stream[1], 5000, 0);
    show("beyond the end", os_send_file(stream[0], file, 10000, 5));
    show("nothing", os_send_file(stream[0], file, 0, 0));
    show("to a datagram socket", os_send_file(datagram[0], file, 2, 300));
    show_receive("it comes", datagram[1], 400, 0);
    show("to a pipe", os_send_file(pipe[1], file, 3, 50));
    show("it comes", os_read(pipe[0], block, 100));
    copy = os_create("copy");
    show("to a file", os_send_file(copy, file, 0, 10000));
    char byte = 0;
    show("the offset stays", os_write(file, "!", 1));
    show("beyond it now", os_send_file(stream[0], file, 10000, 5));
    show_receive("it comes", stream[1], 8, 0);
    show("from a pipe", os_send_file(stream[0], pipe[0], 0, 5));
    show("from a socket", os_send_file(stream[0], stream[1], 0, 5));
    show("to a read end", os_send_file(pipe[0], file, 0, 5));
    show("from nothing", os_send_file(stream[0], 999, 0, 5));
    show("to nothing", os_send_file(999, file, 0, 5));
    show("before the start", os_send_file(stream[0], file, (uint64_t)-5, 5));
    os_nonblocking(pipe[1]);
    while (os_write(pipe[1], block, 4096) == 4096) {}
    show("to a full pipe", os_send_file(pipe[1], file, 0, 5));
    os_close(stream[1]);
    show("nobody there", os_send_file(stream[0], file, 0, 5));
    (void)byte;
    os_close(file), os_close(copy), os_close(stream[0]), os_close(datagram[0]), os_close(datagram[1]);
    os_close(pipe[0]), os_close(pipe[1]);
    os_unlink("data"), os_unlink("copy");
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    streams();
    names();
    datagrams();
    waiting();
    crowding();
    pairs(STREAM);
    pairs(DATAGRAM);
    files();
    return 0;
}
