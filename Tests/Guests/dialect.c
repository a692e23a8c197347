/* Acceptance scenario 21, wasm only: the two numberings of epoll_ctl's `op`, and what comes back in the four data
 * fields. The expected transcript is expected/dialect.txt. */
#include "transcript.h"

enum { LINUX_ADD = 1, LINUX_DEL = 2, LINUX_MOD = 3 };

static const uint64_t token = 0x1122334455667788;

/* An event as wasix-libc fills it: every field from the program's 64 bits, but `fd` from the argument. */
static wasix_epoll_event libc_event(int fd, uint32_t mask, uint64_t data) {
    return (wasix_epoll_event){.events = mask, .ptr = (uint32_t)data, .fd = (uint32_t)fd, .data1 = (uint32_t)data,
                               .data2 = data};
}

static void control(const char *what, int ep, uint32_t op, int fd, wasix_epoll_event event) {
    int error = wasix_epoll_ctl(ep, op, fd, &event);
    print("  %s -> %s\n", what, wasix_errno_name(error));
}

static void wait_raw(int ep) {
    wasix_epoll_event events[4];
    uint32_t count = 0;
    int error = wasix_epoll_wait(ep, events, 4, 0, &count);
    print("  wait -> %s, %u\n", wasix_errno_name(error), count);
    for (uint32_t i = 0; i < count; i++)
        print("    %s ptr %x fd %u data1 %x data2 %016llx\n", names_of(events[i].events).text, events[i].ptr,
              events[i].fd, events[i].data1, (unsigned long long)events[i].data2);
}

/* What a C program would see: libc takes the first of ptr, fd and data1 that is not zero, else all of data2. */
static void wait_libc(int ep) {
    wasix_epoll_event event;
    uint32_t count = 0;
    wasix_epoll_wait(ep, &event, 1, 0, &count);
    uint32_t half = event.ptr ? event.ptr : event.fd ? event.fd : event.data1;
    uint64_t seen = half ? 0xdeadbeef00000000ull | half : event.data2;
    print("  a C program sees %u: %s %016llx\n", count, names_of(event.events).text, (unsigned long long)seen);
}

static void linux_numbers(void) {
    scenario(21, "through libc: ADD 1, DEL 2, MOD 3");
    int ep, fd = os_eventfd(1), other = os_eventfd(1);
    wasix_epoll_create(&ep);
    control("add, 64-bit token", ep, LINUX_ADD, fd, libc_event(fd, IN, token));
    wait_libc(ep);
    control("add again", ep, LINUX_ADD, fd, libc_event(fd, IN, token));
    control("modify, token 0", ep, LINUX_MOD, fd, libc_event(fd, OUT, 0));
    wait_libc(ep);
    control("modify, token is the descriptor", ep, LINUX_MOD, fd, libc_event(fd, IN, (uint64_t)fd));
    wasix_epoll_event event;
    uint32_t count = 0;
    wasix_epoll_wait(ep, &event, 1, 0, &count);
    print("  the descriptor comes back: %d\n", event.ptr == 0 && event.data2 == (uint64_t)fd);
    control("modify a missing one", ep, LINUX_MOD, other, libc_event(other, IN, 5));
    control("delete", ep, LINUX_DEL, fd, libc_event(fd, 0, 0));
    control("delete again", ep, LINUX_DEL, fd, libc_event(fd, 0, 0));
    print("  delete without an event -> %s\n", wasix_errno_name(wasix_epoll_ctl(ep, LINUX_DEL, fd, 0)));
    wait_raw(ep);
    os_close(ep);

    wasix_epoll_create(&ep);
    control("first call a modify", ep, LINUX_MOD, fd, libc_event(fd, IN, 1));
    control("then an add, token 0", ep, LINUX_ADD, fd, libc_event(fd, IN, 0));
    wait_libc(ep);
    os_close(ep), os_close(fd), os_close(other);
}

static void wire_numbers(void) {
    scenario(21, "raw: ADD 0, MOD 1, DEL 2");
    int ep, fd = os_eventfd(1), other = os_eventfd(1);
    wasix_epoll_create(&ep);
    wasix_epoll_event event = {.events = IN, .fd = 7, .data2 = token};
    control("delete before anything", ep, WASIX_EPOLL_DEL, fd, event);
    control("add", ep, WASIX_EPOLL_ADD, fd, event);
    wait_raw(ep);
    control("add again", ep, WASIX_EPOLL_ADD, fd, event);
    event.events = OUT;
    event.data2 = 0;
    control("modify, token 0", ep, WASIX_EPOLL_MOD, fd, event);
    wait_raw(ep);
    event = (wasix_epoll_event){.events = IN, .ptr = 1, .fd = 2, .data1 = 3, .data2 = 4};
    control("modify, four different fields", ep, WASIX_EPOLL_MOD, fd, event);
    wait_raw(ep);
    control("modify a missing one", ep, WASIX_EPOLL_MOD, other, event);
    control("operation 3", ep, LINUX_MOD, fd, event);
    control("delete", ep, WASIX_EPOLL_DEL, fd, event);
    wait_raw(ep);
    os_close(ep);

    wasix_epoll_create(&ep);
    event = (wasix_epoll_event){.events = IN, .fd = 7, .data2 = token};
    control("first call a modify", ep, WASIX_EPOLL_MOD, fd, event);
    control("then an add", ep, WASIX_EPOLL_ADD, fd, event);
    print("  add without an event -> %s\n", wasix_errno_name(wasix_epoll_ctl(ep, WASIX_EPOLL_ADD, other, 0)));
    wait_raw(ep);
    os_close(ep), os_close(fd), os_close(other);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    linux_numbers();
    wire_numbers();
    return 0;
}
