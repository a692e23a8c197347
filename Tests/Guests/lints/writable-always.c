/* Room to write is asked for by one who has nothing to write.
 *
 * fire: a socket is watched, level-triggered, for IN and OUT. There is always room, so that every wait returns at once
 * with OUT alone, for 4 s; the peer sends a line five times a second, which is read. It keeps a processor busy. To
 * look at: OUT is reported hundreds of times a second to `handle_event`, and nothing is written.
 *
 * guard: OUT is also reported some hundred times a second, level-triggered, but each report is followed by a write: a
 * large answer goes out as fast as the peer takes it, and then OUT is taken out of the mask. Beside it an
 * edge-triggered socket is watched for IN and OUT, and each line that comes in reports OUT as well.
 *
 * Usage: writable-always fire|guard */
#include "lint.h"

enum { CHUNK = 4096 };

static int ours, theirs, line_ours, line_theirs, ep;
static volatile int is_over;

static void open_pair(int *near, int *far) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
    *near = ends[0], *far = ends[1];
}

/* Nothing is to be written, and OUT stays in the mask: the mistake. Whether the peer has ended. */
ON_STACK static int handle_event(const os_event *event) {
    compute_a_little(10000);
    return (event_bits(event) & IN) != 0 && drain(ours);
}

static void server(void *argument) {
    (void)argument;
    watch(ep, ours, IN | OUT);
    for (os_event event;;)
        if (wait_for(ep, &event, 1, FOREVER) > 0 && handle_event(&event)) break;
    os_close(ours);
}

static void fire(void) {
    static os_thread thread;
    open_pair(&ours, &theirs);
    ep = (int)require(os_epoll(), "epoll");
    start(&thread, server);
    while (elapsed_ms() < FIRE_MS) {
        put(theirs, "a line\n", 7);
        sleep_ms(200);
    }
    os_close(theirs);
    os_thread_join(&thread);
}

/* ---- */

/* Writes one piece; without more to say it asks for room no longer. */
ON_STACK static void write_piece(void) {
    static const char piece[CHUNK];
    if (is_over) {
        rearm(ep, ours, IN);
        os_shutdown(ours, SHUTDOWN_WRITE);
    } else if (os_write(ours, piece, sizeof piece) < 0 && !failed_with("AGAIN"))
        require(-1, "write");
}

static void sender(void *argument) {
    int open = 2;
    (void)argument;
    watch(ep, ours, IN | OUT);
    watch(ep, line_ours, IN | OUT | EDGE);
    for (os_event event; open > 0;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        int fd = (int)event_token(&event);
        if ((event_bits(&event) & IN) != 0 && drain(fd)) {
            os_close(fd);
            open--;
        } else if (fd == ours && (event_bits(&event) & OUT) != 0)
            write_piece();
    }
}

static void taker(void *argument) {
    static char buffer[2 * CHUNK];
    (void)argument;
    while (require(os_read(theirs, buffer, sizeof buffer), "read") > 0) {
        is_over = elapsed_ms() >= GUARD_MS;
        sleep_ms(8);
    }
    os_close(theirs);
}

static void guard(void) {
    static os_thread loop, peer;
    open_pair(&ours, &theirs);
    open_pair(&line_ours, &line_theirs);
    ep = (int)require(os_epoll(), "epoll");
    start(&loop, sender);
    start(&peer, taker);
    while (elapsed_ms() < GUARD_MS) {
        put(line_theirs, "a line\n", 7);
        sleep_ms(10);
    }
    os_close(line_theirs);
    os_thread_join(&peer);
    os_thread_join(&loop);
}
