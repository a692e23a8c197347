/* An event whose descriptor has been closed since, because a handler before it in the same batch closed it.
 *
 * fire: two connections of one user become ready together, and the token of each is its descriptor's number. The
 * first handler ends the user's other connection. The second event of the batch still names that one:
 * `read_message` gets BADF, or, in every second round, the bytes of a new connection that was given the number. Ten
 * rounds a second, for 4 s. To look at: the registration, the close, the delivery, and the read of the same number.
 *
 * guard: the same batch, but tokens are serial numbers of connections. The second event's connection is not found, and
 * the event is dropped without a call; the new connection with the same number is read for an event of its own.
 *
 * Usage: stale-user-data fire|guard */
#include "lint.h"

typedef struct {
    int reading, writing;
    uint64_t serial;
} connection;

static int ep;
static uint64_t serials;

static void send_message(connection *one) { put(one->writing, "m", 1); }

static void open_connection(connection *one, int is_watched, int has_serial) {
    int ends[2];
    require(os_pipe(ends), "pipe");
    require(os_nonblocking(ends[0]), "O_NONBLOCK");
    *one = (connection){ends[0], ends[1], ++serials};
    if (is_watched) require(os_epoll_ctl(ep, ADD, ends[0], IN, has_serial ? serials : (uint64_t)ends[0]), "epoll_ctl");
}

ON_STACK static void close_connection(connection *one) {
    if (one->serial == 0) return;
    os_close(one->reading);
    os_close(one->writing);
    one->serial = 0;
}

ON_STACK static void read_message(int fd) {
    char message;
    os_read(fd, &message, 1);
}

/* What is told a moment too late is believed: the mistake. */
static void run_round(int number) {
    connection pair[2], late = {.serial = 0};
    os_event events[4];
    for (int i = 0; i < 2; i++) open_connection(&pair[i], 1, 0);
    for (int i = 0; i < 2; i++) send_message(&pair[i]);
    int count = wait_for(ep, events, 4, FOREVER);
    for (int i = 0; i < count; i++) {
        int fd = (int)event_token(&events[i]);
        read_message(fd);
        if (i > 0) continue;
        close_connection(fd == pair[0].reading ? &pair[1] : &pair[0]);
        if (number % 2 == 0) continue;
        open_connection(&late, 0, 0);
        send_message(&late);
    }
    for (int i = 0; i < 2; i++) close_connection(&pair[i]);
    close_connection(&late);
    wait_for(ep, events, 4, 100 * MILLISECONDS);
}

static void fire(void) {
    ep = (int)require(os_epoll(), "epoll");
    for (int number = 0; elapsed_ms() < FIRE_MS; number++) run_round(number);
}

/* ---- */

static connection *find(connection *all, int count, uint64_t serial) {
    for (int i = 0; i < count; i++)
        if (all[i].serial == serial) return &all[i];
    return NULL;
}

static void run_careful_round(void) {
    connection all[3] = {{.serial = 0}};
    os_event events[4];
    for (int i = 0; i < 2; i++) open_connection(&all[i], 1, 1);
    for (int i = 0; i < 2; i++) send_message(&all[i]);
    int count = wait_for(ep, events, 4, FOREVER);
    for (int i = 0; i < count; i++) {
        connection *one = find(all, 3, event_token(&events[i]));
        if (one == NULL) continue;
        read_message(one->reading);
        close_connection(one == &all[0] ? &all[1] : &all[0]);
        open_connection(&all[2], 1, 1);
        send_message(&all[2]);
    }
    count = wait_for(ep, events, 4, FOREVER);
    for (int i = 0; i < count; i++) read_message(find(all, 3, event_token(&events[i]))->reading);
    for (int i = 0; i < 3; i++) close_connection(&all[i]);
    wait_for(ep, events, 4, 100 * MILLISECONDS);
}

static void guard(void) {
    ep = (int)require(os_epoll(), "epoll");
    while (elapsed_ms() < GUARD_MS) run_careful_round();
}
