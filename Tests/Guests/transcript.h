/* What the differential tests print: one line a call, with numbers, errno names and event bits, nothing that differs
 * between two correct systems (descriptor numbers, addresses, times). */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "portable.h"

enum { MOST_EVENTS = 256 };

static void show(const char *what, long long result) { print("  %s -> %s\n", what, outcome_of(result).text); }

/* Waits and prints the events in the order they came. */
static int show_wait(const char *what, int epfd, int max, uint64_t nanoseconds) {
    static os_event events[MOST_EVENTS];
    int count = os_epoll_wait(epfd, events, max, nanoseconds);
    print("  %s -> %s", what, outcome_of(count).text);
    for (int i = 0; i < count; i++)
        print(" [%llu %s]", (unsigned long long)event_token(&events[i]), names_of(event_bits(&events[i])).text);
    print("\n");
    return count;
}

static void show_poll(const char *what, int epfd) { show_wait(what, epfd, MOST_EVENTS, 0); }

static void scenario(int number, const char *title) { print("%d. %s\n", number, title); }

static uint64_t counter_read(int fd) {
    uint64_t value = 0;
    os_read(fd, &value, sizeof value);
    return value;
}

static long counter_write(int fd, uint64_t value) { return os_write(fd, &value, sizeof value); }

#endif
