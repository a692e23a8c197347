/* A ghost: a descriptor is closed, but a duplicate of it lives, and so does its registration. It goes on to tell of a
 * number that stands for nothing, or for something else.
 *
 * What to watch: the registration of descriptor 3 after the close, and whose bytes are read when it tells.
 *
 * Usage: dup-ghost [del|both|token]
 *   del    cure: EPOLL_CTL_DEL before the close
 *   both   cure: the duplicate is closed as well
 *   token  half a cure: the user data is a token that is never used again, and not a number */
#include "linux.h"

enum { TOKEN = 1001, SIZE = 8 };
static int old[2], new[2], ep, copy;
static int del, both, token, got;
static char bytes[SIZE];

static void watch(int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    event.data.fd = token ? TOKEN : fd;
    int result = epoll_ctl(
        ep, EPOLL_CTL_ADD, fd, &event);
    require(result, "epoll_ctl");
}

static void forget(int fd) {
    epoll_ctl(ep, EPOLL_CTL_DEL,
              fd, 0);
}

static void open_pipe(int ends[2]) {
    require(pipe(ends), "pipe");
    require(fcntl(ends[0], F_SETFL, O_NONBLOCK), "fcntl");
}

static void end_connection(void) {
    if (del) forget(old[0]);
    close(old[0]);
    if (both) close(copy);
}

/* One wait, and the read that follows. Whether
 * it was told of something. */
static int serve(void) {
    struct epoll_event e = {0};
    int n = epoll_wait(ep, &e, 1, 0);
    int fd = e.data.fd;
    if (n == 0) return 0;
    if (token) return 1; /* is over */
    got = read(fd, bytes, SIZE);
    return 1;
}

static void look(const char *when) {
    if (!serve())
        print("%s: told of nothing\n", when);
    else if (token)
        print("%s: token over, dropped\n", when);
    else if (got < 0)
        print("%s: told, read fails\n", when);
    else
        print("%s: told, read '%s'\n", when, bytes);
}

int guest_main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        del |= strcmp(argv[i], "del") == 0;
        both |= strcmp(argv[i], "both") == 0;
        token |= strcmp(argv[i], "token") == 0;
    }
    open_pipe(old);
    ep = epoll_create1(0);
    watch(old[0]);
    copy = dup(old[0]);

    end_connection();
    if (!both)
        write(old[1], "late", 4);
    look("old closed");
    if (!del) forget(old[0]);

    open_pipe(new);
    write(new[1], "secret", 6);
    look("new opened");
    while (serve())
        sleep_ms(50); /* other work */
    return 0;
}
