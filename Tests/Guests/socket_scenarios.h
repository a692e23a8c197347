/* What the socket scenarios of every family share. */
#ifndef SOCKET_SCENARIOS_H
#define SOCKET_SCENARIOS_H

#include "portable_sockets.h"
#include "transcript.h"

static const uint64_t patience = 2000 * MILLISECONDS;

/* Waits until the first event; what it says is printed by the caller's next look. */
static void arrive(int ep) {
    os_event event;
    os_epoll_wait(ep, &event, 1, patience);
}

static void show_address(const char *what, int result, const os_address *address) {
    print("  %s -> %s %s\n", what, outcome_of(result).text, result < 0 ? "" : text_of(address).text);
}

static void show_local(const char *what, int fd) {
    os_address address;
    int result = os_local(fd, &address);
    show_address(what, result, &address);
}

static void show_peer(const char *what, int fd) {
    os_address address;
    int result = os_peer(fd, &address);
    show_address(what, result, &address);
}

/* One receive with everything it tells. */
static void show_receive(const char *what, int fd, size_t room, int flags) {
    static char buffer[65536];
    int truncated = 0;
    memset(buffer, 0, 8);
    long count = os_receive(fd, buffer, room, flags, &truncated);
    print("  %s -> %s%s", what, outcome_of(count).text, truncated ? " cut" : "");
    if (count > 0) print(" \"%c%c%c\"", buffer[0], count > 1 && room > 1 ? buffer[1] : ' ', count > 2 && room > 2 ? buffer[2] : ' ');
    print("\n");
}

static void show_receive_from(const char *what, int fd, size_t room, int flags) {
    static char buffer[65536];
    int truncated = 0;
    os_address from;
    long count = os_receive_from(fd, buffer, room, flags, &truncated, &from);
    print("  %s -> %s%s from %s\n", what, outcome_of(count).text, truncated ? " cut" : "",
          count < 0 ? "nobody" : text_of(&from).text);
}

#endif
