/* A seeded random walk over everything that an epoll instance or a poll can watch: pipes, socket pairs, eventfds, TCP
 * and UDP over loopback, Unix-domain sockets, a FIFO that is open several times, instances that watch each other,
 * duplicates, renumbered descriptors, and threads that wait together.
 *
 * Every result is printed, so two systems that behave alike print the same transcript: errors by name, bytes as a
 * checksum, events in the order they came. Needs the network and a directory to write in that has a FIFO, "walk-fifo".
 * Usage: see steps.h */
#include "walk_bytes.h"
#include "walk_threads.h"

static void make(kind kind) {
    int which = free_object(), fds[2] = {-1, -1}, count = 2, port = 0;
    if (which < 0 || free_slots() < 2) return say(" full");
    switch (kind) {
    case PIPE: os_pipe(fds); break;
    case PAIR: os_socketpair(fds); break;
    case PACKETS: os_packetpair(fds); break;
    case TCP: connected_pair(fds); break;
    case FIFO: fds[0] = os_open_fifo("walk-fifo"), fds[1] = os_open_fifo("walk-fifo"); break;
    case UDP: udp_pair(fds); break;
    case NAMED_STREAM: named_stream(fds); break;
    case NAMED_PACKETS: named_packets(fds); break;
    default:
        count = 1;
        fds[0] = kind == COUNTER    ? os_eventfd(pick(3))
                 : kind == SEMAPHORE ? os_semaphore(pick(3))
                 : kind == LISTENER  ? os_listen(&port)
                                     : os_epoll();
    }
    objects[which] = (object){.kind = kind, .port = port};
    say(" make");
    for (int end = 0; end < count; end++) {
        if (kind != INSTANCE && kind != HOST_INSTANCE) os_nonblocking(fds[end]);
        fill_slot(fds[end], which, end);
    }
}

static void make_some(void) {
    static const kind kinds[] = {PIPE,     PIPE,          PAIR, PAIR, PACKETS,  COUNTER, COUNTER,      SEMAPHORE,    INSTANCE,
                                 INSTANCE, HOST_INSTANCE, FIFO, TCP,  TCP,  LISTENER, UDP,     NAMED_STREAM, NAMED_PACKETS};
    make(kinds[pick(sizeof kinds / sizeof kinds[0])]);
}

static void duplicate(void) {
    int from = open_slot();
    if (free_slots() == 0) return say(" full");
    say(" duplicate %d", from);
    fill_slot(os_dup(slots[from].fd), slots[from].object, slots[from].end);
}

/* What a close sets in motion has come to rest. `port` is a listener's whose last descriptor this was. */
static void closed(kind kind, int port) {
    if (port != 0) forget_pending(port);
    if (needs_packets(kind)) wait_for_packets();
}

static void close_one(void) {
    int index = open_slot();
    if (index < KEPT) return say(" kept");
    object before = *object_of(index);
    say(" close %d %s", index, name_of(index));
    say_result(os_close(slots[index].fd));
    empty_slot(index);
    closed(before.kind, before.kind == LISTENER && before.holders[0] == 1 ? before.port : 0);
}

static void renumber(void) {
    int from = open_slot(), to = open_slot();
    if (to < KEPT) return say(" kept");
    object before = *object_of(to);
    int same = slots[from].object == slots[to].object;
    say(" renumber %d to %d %s", from, to, name_of(to));
    say_result(os_renumber(slots[from].fd, slots[to].fd));
    if (from == to) return;
    int fd = slots[to].fd;
    object_of(from)->holders[slots[from].end]++;
    empty_slot(to);
    object_of(from)->holders[slots[from].end]--;
    set_slot(to, fd, slots[from].object, slots[from].end);
    closed(before.kind, before.kind == LISTENER && before.holders[0] == 1 && !same ? before.port : 0);
}

static void step(void) {
    uint32_t choice = pick(1000);
    if (choice < 70) make_some();
    else if (choice < 95) duplicate();
    else if (choice < 110) renumber();
    else if (choice < 160) close_one();
    else if (choice < 390) move_bytes();
    else if (choice < 410) shut_down();
    else if (choice < 430) network_step();
    else if (choice < 680) control();
    else if (choice < 920) wait_for_events();
    else if (choice < 985) poll_some();
    else thread_step();
}

static void prepare(void) {
    prepare_network();
    for (int i = 0; i < SLOTS; i++) slots[i].fd = -1;
    for (int i = 0; i < KEPT; i++) {
        objects[i] = (object){.kind = i < KEPT / 2 ? INSTANCE : HOST_INSTANCE};
        set_slot(i, os_epoll(), i, 0);
    }
    make(PIPE), make(PAIR), make(COUNTER), make(TCP);
}

static void wind_up(void) {
    for (int i = 0; i < SLOTS; i++) {
        if (!is_open(i) || !is_instance(i)) continue;
        say(" wait %d", i);
        say_wait(i, MOST_REPORTS, 0);
    }
}

int guest_main(int argc, char **argv) { return walk_steps(argc, argv, prepare, step, wind_up); }
