/* Tokens that the C library of WASIX does not give back; wasm only.
 *
 * That library fills all four members of an event's data from the one union (ptr, data1 and data2 from its bits, fd
 * from the descriptor), and on return takes the first of ptr, fd and data1 that is not 0, which has 32 bits.
 *
 * fire: connections are registered as that library does it, with the index of a table, which starts at 0, or with a
 * generation in the high half. 0 comes back as the descriptor's number, and the high half is lost, where the host
 * gives back what it was given. Five rounds a second, for 4 s. To look at: the data of the calls in
 * `register_connection`.
 *
 * guard: 32-bit tokens from 1 in that library's form, and full 64-bit tokens, low half 0, in the form of programs that
 * use the interface directly: the token in data2 and nothing else.
 *
 * Usage: user-data-rewritten fire|guard */
#include "lint.h"

/* Numbers of that library: those of Linux. */
enum { LIBRARY_ADD = 1 };

ON_STACK static void register_connection(int ep, int fd, uint64_t data) {
    wasix_epoll_event event = {.events = WASIX_EPOLL_IN,
                               .ptr = (wasix_size)(uint32_t)data,
                               .fd = (uint32_t)fd,
                               .data1 = (uint32_t)data,
                               .data2 = data};
    int error = wasix_epoll_ctl(ep, LIBRARY_ADD, fd, &event);
    if (error != 0) print("epoll_ctl: %s\n", wasix_errno_name(error));
}

static void register_directly(int ep, int fd, uint64_t data) {
    wasix_epoll_event event = {.events = WASIX_EPOLL_IN, .data2 = data};
    int error = wasix_epoll_ctl(ep, WASIX_EPOLL_ADD, fd, &event);
    if (error != 0) print("epoll_ctl: %s\n", wasix_errno_name(error));
}

/* Registers a counter for each token, makes all ready and takes what comes. */
static void run_round(void (*add)(int ep, int fd, uint64_t data), const uint64_t *tokens, int count) {
    int ep = (int)require(os_epoll(), "epoll"), counters[4];
    os_event events[4];
    for (int i = 0; i < count; i++) {
        counters[i] = (int)require(os_eventfd(1), "eventfd");
        add(ep, counters[i], tokens[i]);
    }
    wait_for(ep, events, 4, FOREVER);
    for (int i = 0; i < count; i++) take(counters[i]);
    wait_for(ep, events, 4, 100 * MILLISECONDS);
    for (int i = 0; i < count; i++) os_close(counters[i]);
    os_close(ep);
}

static void fire(void) {
    static const uint64_t indices[] = {0, 1, 2}, generations[] = {1ull << 32 | 1, 2ull << 32 | 2};
    while (elapsed_ms() < FIRE_MS) {
        run_round(register_connection, indices, 3);
        run_round(register_connection, generations, 2);
    }
}

static void guard(void) {
    static const uint64_t small[] = {1, 2, 0xffffffff}, wide[] = {1ull << 32, 7ull << 32 | 7, ~0ull};
    while (elapsed_ms() < GUARD_MS) {
        run_round(register_connection, small, 3);
        run_round(register_directly, wide, 3);
    }
}
