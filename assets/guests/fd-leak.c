/* A server whose clients come, ask and go. When one has gone, a read of its descriptor gives 0; the server does nothing
 * with that, so the descriptor stays open.
 *
 * What to watch: descriptors whose other side has closed, the ready list, and how many descriptors there are.
 *
 * Usage: fd-leak [CLIENTS [MILLISECONDS]] [close|del|edge]    how many come (default: 8), the pause after each
 *   close  cure: close it when a read gives 0        del  no cure: EPOLL_CTL_DEL, and no close
 *   edge   no cure: EPOLLET */
#include "linux.h"

static int ep, clients = 8, pause_ms;
static int closes, del, edge;
static _Atomic int opened;

/* What accept does for a server: its end is
 * registered. Gives the client's end. */
static int come(void) {
    struct epoll_event event = {0};
    int ends[2];
    int error = socketpair(AF_UNIX, SOCK_STREAM,
                           0, ends);
    require(error, "socketpair");
    opened++;
    event.events = EPOLLIN;
    if (edge) event.events |= EPOLLET;
    event.data.fd = ends[0];
    epoll_ctl(ep, EPOLL_CTL_ADD,
              ends[0], &event);
    return ends[1];
}

static void visits(void *argument) {
    char answer[2];
    (void)argument;
    for (int i = 0; i < clients; i++) {
        int mine = come();
        write(mine, "hello\n", 6);
        read(mine, answer, 2);
        close(mine);
        if (pause_ms > 0) sleep_ms(pause_ms);
    }
}

/* 1 when the client was seen off. */
static int serve(int fd) {
    char text[8];
    int got = read(fd, text, 8);
    if (got > 0) {
        write(fd, "ok", 2);
        return 0;
    }
    if (del)
        epoll_ctl(ep, EPOLL_CTL_DEL, fd, 0);
    if (closes) {
        close(fd);
        opened--;
    }
    return closes || del || edge;
}

int guest_main(int argc, char **argv) {
    static thread other;
    struct epoll_event got[16];
    int gone = 0, numbers = 0;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        int number = (int)parse_number(word);
        if (*word <= '9' && numbers++ == 0)
            clients = number;
        else if (*word <= '9')
            pause_ms = number;
        closes |= strcmp(word, "close") == 0;
        del |= strcmp(word, "del") == 0;
        edge |= strcmp(word, "edge") == 0;
    }
    ep = epoll_create1(0);
    thread_start(&other, visits, 0);

    while (gone < clients) {
        int count = epoll_wait(ep, got, 16, -1);
        for (int i = 0; i < count; i++)
            gone += serve(got[i].data.fd);
    }
    thread_join(&other);
    print("%d clients came and went\n", clients);
    print("%d descriptors are still open\n",
          (int)opened);
    return 0;
}
