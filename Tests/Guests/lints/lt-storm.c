/* A level-triggered event that is put off again and again.
 *
 * fire: a message comes to a server that is not ready for it: it leaves the message where it is and waits again, so
 * that every wait returns at once with the same item, for 4 s. It keeps a processor busy. To look at: thousands of
 * reports of one item to `put_off`, and no call on its descriptor between them.
 *
 * guard: one item is reported 200 times in a row as well, level-triggered, but each report is followed by a read: one
 * byte of a message of 200. Every second message is read through a duplicate of the watched descriptor.
 *
 * Usage: lt-storm fire|guard */
#include "lint.h"

enum { MESSAGE = 200 };

static int ends[2], duplicate, ep;
static volatile int is_over;

/* Neither reads nor takes the item out of the mask: the mistake. */
ON_STACK static void put_off(void) { compute_a_little(10000); }

static void server(void *argument) {
    (void)argument;
    for (os_event event; !is_over;)
        if (wait_for(ep, &event, 1, FOREVER) > 0) put_off();
    drain(ends[0]);
}

static void open_all(void) {
    require(os_pipe(ends), "pipe");
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
    ep = (int)require(os_epoll(), "epoll");
    watch(ep, ends[0], IN);
}

static void fire(void) {
    static os_thread thread;
    open_all();
    start(&thread, server);
    put(ends[1], "message", 7);
    idle_until(FIRE_MS);
    is_over = 1;
    os_thread_join(&thread);
}

/* ---- */

ON_STACK static int read_byte(int fd) {
    char byte;
    return require(os_read(fd, &byte, 1), "read") > 0;
}

static void reader(void *argument) {
    os_event event;
    int have = 0, fd = ends[0];
    (void)argument;
    for (;;) {
        if (wait_for(ep, &event, 1, FOREVER) == 0) continue;
        if (!read_byte(fd)) break;
        if (++have % MESSAGE == 0) fd = fd == duplicate ? ends[0] : duplicate;
    }
    os_close(ends[0]);
    os_close(duplicate);
}

static void guard(void) {
    static os_thread thread;
    static const char message[MESSAGE];
    open_all();
    duplicate = (int)require(os_dup(ends[0]), "dup");
    start(&thread, reader);
    while (elapsed_ms() < GUARD_MS) {
        put(ends[1], message, sizeof message);
        sleep_ms(200);
    }
    os_close(ends[1]);
    os_thread_join(&thread);
}
