/* Sockets of the system below: TCP and UDP over loopback, Unix-domain sockets with names, and steps on listeners with a
 * queue.
 *
 * The system below works on packets after the call that sent them has returned, when it is busy. A walk must not look
 * at a state that is still on its way, so every step on the network ends with `settle`. */
#ifndef WALK_NET_H
#define WALK_NET_H

#include "portable_sockets.h"
#include "walk_model.h"

enum { MOST_PENDING = 4 };

static int fence[2];
static int main_listener, main_port;

/* Blocks until packets sent so far, and the answers to them, have been worked on: they are taken in the order in which
 * they were sent, and these come last. */
static void wait_for_packets(void) {
    char byte = 0;
    for (int i = 0; i < 2; i++) {
        os_write(fence[0], &byte, 1), os_read(fence[1], &byte, 1);
        os_write(fence[1], &byte, 1), os_read(fence[0], &byte, 1);
    }
}

static int needs_packets(kind kind) { return kind == TCP || kind == LISTENER || kind == UDP; }

static void settle(int index) {
    if (needs_packets(kind_of(index))) wait_for_packets();
}

static void prepare_network(void) {
    main_listener = os_listen(&main_port);
    fence[0] = os_tcp();
    os_connect(fence[0], main_port);
    fence[1] = os_accept(main_listener);
    os_no_delay(fence[0]), os_no_delay(fence[1]);
}

/* Two connected ends that send what they are given at once, not when the other side has answered. */
static void connected_pair(int ends[2]) {
    ends[0] = os_tcp();
    os_connect(ends[0], main_port);
    ends[1] = os_accept(main_listener);
    os_no_delay(ends[0]), os_no_delay(ends[1]);
    wait_for_packets();
}

/* Two datagram sockets that send to each other alone. */
static void udp_pair(int ends[2]) {
    os_address names[2];
    for (int i = 0; i < 2; i++) {
        ends[i] = os_socket(INET4, DATAGRAM);
        os_bind(ends[i], os_inet4(0));
        os_local(ends[i], &names[i]);
    }
    for (int i = 0; i < 2; i++) os_connect_to(ends[i], os_inet4(os_port(&names[1 - i])));
}

static void named_packets(int ends[2]) {
    static const char *const names[] = {"walk-post", "walk-box"};
    for (int i = 0; i < 2; i++) os_bind(ends[i] = os_socket(LOCAL, DATAGRAM), os_unix(names[i]));
    for (int i = 0; i < 2; i++) os_connect_to(ends[i], os_unix(names[1 - i]));
    for (int i = 0; i < 2; i++) os_unlink(names[i]);
}

static void named_stream(int ends[2]) {
    os_address peer;
    int listener = os_socket(LOCAL, STREAM);
    os_bind(listener, os_unix("walk-called"));
    os_listen_on(listener, 1);
    os_connect_to(ends[0] = os_socket(LOCAL, STREAM), os_unix("walk-called"));
    ends[1] = os_accept_from(listener, &peer);
    os_close(listener);
    os_unlink("walk-called");
}

/* An object that is a listener of this walk, -1 when there is none. */
static int some_listener(void) {
    int start = (int)pick(OBJECTS);
    for (int i = 0; i < OBJECTS; i++) {
        int which = (start + i) % OBJECTS;
        if (objects[which].kind == LISTENER) return which;
    }
    return -1;
}

/* A connection that waits at a listener; the oldest, as accept takes them. */
static int oldest_pending(int listener) {
    int found = -1;
    for (int i = 0; i < OBJECTS; i++)
        if (objects[i].kind == TCP && objects[i].waits_for_accept && objects[i].port == objects[listener].port &&
            (found < 0 || objects[i].waits_for_accept < objects[found].waits_for_accept))
            found = i;
    return found;
}

static int pending_count(int listener) {
    int count = 0;
    for (int i = 0; i < OBJECTS; i++)
        count += objects[i].kind == TCP && objects[i].waits_for_accept && objects[i].port == objects[listener].port;
    return count;
}

/* Connects without blocking: to a listener, or to a port where nobody is. */
static void connect_one(void) {
    int which = free_object(), listener = some_listener();
    if (pick(5) == 0) listener = -1;
    if (which < 0 || free_slots() < 1) return say(" full");
    if (listener >= 0 && pending_count(listener) >= MOST_PENDING) return say(" enough wait");
    int fd = os_tcp();
    os_nonblocking(fd), os_no_delay(fd);
    int done = os_connect(fd, listener < 0 ? 1 : objects[listener].port);
    wait_for_packets();
    objects[which] = (object){.kind = TCP};
    if (listener >= 0) {
        static int turn;
        objects[which].waits_for_accept = ++turn;
        objects[which].port = objects[listener].port;
    }
    say(" connect to %s", listener < 0 ? "nobody" : "a listener");
    fill_slot(fd, which, 0);
    say_result(done);
}

static void accept_one(int index) {
    int listener = slots[index].object;
    if (free_slots() < 1) return say(" full");
    int fd = os_accept(slots[index].fd);
    wait_for_packets();
    say(" accept at %d", index);
    if (fd < 0) return say_result(fd);
    int which = oldest_pending(listener);
    if (which < 0) return say(" one that nobody sent");
    objects[which].waits_for_accept = 0;
    os_nonblocking(fd), os_no_delay(fd);
    fill_slot(fd, which, 1);
}

/* A listener is gone, and with it the connections nobody accepted. */
static void forget_pending(int port) {
    for (int i = 0; i < OBJECTS; i++) {
        object *it = &objects[i];
        if (it->kind != TCP || !it->waits_for_accept || it->port != port) continue;
        it->waits_for_accept = 0;
        if (it->holders[0] + it->holders[1] == 0) it->kind = UNUSED;
    }
}

/* Asks for a socket's error, or takes what waits at a listener. */
static void network_step(void) {
    int index = open_slot(), turns = SLOTS;
    if (pick(3) == 0) return connect_one();
    while (kind_of(index) != TCP && kind_of(index) != LISTENER && --turns > 0) {
        do index = (index + 1) % SLOTS;
        while (!is_open(index));
    }
    if (kind_of(index) == LISTENER) return accept_one(index);
    if (kind_of(index) != TCP) return connect_one();
    say(" error of %d %s -> %s", index, name_of(index), os_socket_error(slots[index].fd));
}

#endif
