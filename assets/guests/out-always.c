/* Room to write: a server sends pages that are larger than the pipe to a client that reads slowly. What does not fit is
 * kept, and EPOLLOUT tells when there is room again. Then the server forgets to take EPOLLOUT back.
 *
 * What to watch: the registration of descriptor 6, the end that the server writes to, and how often waits tell of it.
 *
 * Usage: out-always [drop|edge|once] [brisk]
 *   drop   cure: ask for EPOLLOUT only as long as something is left to write
 *   edge   cure: EPOLLET, told once each time there is room again
 *   once   no cure: one write a page, and what did not fit is forgotten
 *   brisk  three pages without a pause, and an end */
#include "linux.h"

enum { PAGE = 100000, PIECE = 32768 };
static int asks[2], answers[2], ep;
static int drop, edge, once, brisk;
static char page[PAGE];
static int left;

static void client_body(void *argument) {
    static char piece[PIECE];
    (void)argument;
    for (int n = 1; !brisk || n <= 3; n++) {
        int have = 0;
        write(asks[1], "page", 4);
        while (have < PAGE)
            have += read(answers[0], piece, PIECE);
        print("client: page %d, %d bytes\n", n, have);
        if (!brisk) sleep_ms(3000);
    }
    close(asks[1]);
}

__attribute__((noinline))
static void watch(int operation, int fd, uint32_t events) {
    struct epoll_event event = {.events = events};
    event.data.fd = fd;
    require(epoll_ctl(ep, operation, fd, &event), "epoll_ctl");
}

/* Writes what there is room for. */
static void write_on(void) {
    while (left > 0) {
        int took = write(answers[1],
            page + PAGE - left, left);
        if (took < 0)
            return; /* EAGAIN */
        left -= once ? left : took;
    }
}

static void ask_for(uint32_t events) {
    watch(EPOLL_CTL_MOD, answers[1], events);
}

/* 0 at the end of the requests. */
static int serve(int fd) {
    char ask[4];
    if (fd == asks[0]) {
        if (read(fd, ask, 4) <= 0)
            return 0;
        left = PAGE;
        write_on();
        if (left > 0 && !edge)
            ask_for(EPOLLOUT);
    } else {
        write_on();
        if (left == 0 && drop)
            ask_for(0);
    }
    return 1;
}

int guest_main(int argc, char **argv) {
    static thread client;
    struct epoll_event got;
    for (int i = 1; i < argc; i++) {
        drop |= strcmp(argv[i], "drop") == 0;
        edge |= strcmp(argv[i], "edge") == 0;
        once |= strcmp(argv[i], "once") == 0;
        brisk |= strcmp(argv[i], "brisk") == 0;
    }
    require(pipe(asks), "pipe");
    require(pipe(answers), "pipe");
    require(fcntl(answers[1], F_SETFL, O_NONBLOCK), "fcntl");
    require(ep = epoll_create1(0), "epoll_create1");
    watch(EPOLL_CTL_ADD, asks[0], EPOLLIN);
    watch(EPOLL_CTL_ADD, answers[1],
          edge ? EPOLLOUT | EPOLLET : 0);
    require(-thread_start(&client, client_body, 0), "thread");
    do
        require(epoll_wait(ep, &got, 1, -1), "epoll_wait");
    while (serve(got.data.fd));
    thread_join(&client);
    return 0;
}
