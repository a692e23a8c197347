/* User data: what comes back of the 64 bits that a program gives to epoll_ctl. On Linux all of them. On WASIX the C
 * library puts them into a record of four members, and takes one of the four when the record comes back.
 *
 * What to watch: what was given and what was got, and which member it was taken from.
 *
 * Usage: user-data [small|pointer|here|once]
 *   small    cure: 32 bits, never 0        pointer  cure: the address of the connection
 *   here     the record as this host hands it back, not as it was given
 *   once     the tokens of the fault, and an end */
#include "linux.h"

static int ep, small, pointer, here;
static char table[8];

#ifdef __wasm__
/* What the C library of WASIX does, in short,
 * where pointers have 32 bits. */
static wasix_epoll_event record;

static void library_add(int fd, uint64_t data) {
    record.events = WASIX_EPOLL_IN;
    record.ptr = (uint32_t)data;
    record.fd = fd;
    record.data1 = (uint32_t)data;
    record.data2 = data;
    wasix_epoll_ctl(ep, WASIX_EPOLL_ADD,
                    fd, &record);
}

static uint64_t library_wait(void) {
    wasix_epoll_event got;
    wasix_size n;
    wasix_epoll_wait(ep, &got, 1,
                     -1, &n);
    if (!here) got = record;
    if (got.ptr) return got.ptr;
    if (got.fd) return got.fd;
    if (got.data1) return got.data1;
    return got.data2;
}
#else
static void library_add(int fd, uint64_t data) {
    struct epoll_event event = {.events = EPOLLIN};
    event.data.u64 = data;
    require(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event), "ctl");
}

static uint64_t library_wait(void) {
    struct epoll_event event;
    require(epoll_wait(ep, &event, 1, -1), "epoll_wait");
    return event.data.u64;
}
#endif

/* A place in the table of connections, and how
 * often it was used before. */
static uint64_t token(uint64_t use,
                      int place) {
    char *address = &table[place];
    if (pointer)
        return (uintptr_t)address;
    if (small)
        return use << 16 | ++place;
    return use << 32 | place;
}

static void serve(uint64_t given) {
    uint64_t one = 1;
    int fd = eventfd(0, EFD_NONBLOCK);
    library_add(fd, given);
    write(fd, &one, sizeof one);
    uint64_t got = library_wait();
    print("fd %d: 0x%llx -> 0x%llx\n", fd,
          (unsigned long long)given,
          (unsigned long long)got);
    read(fd, &one, sizeof one);
}

int guest_main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        small |= strcmp(argv[i], "small") == 0;
        pointer |= strcmp(argv[i], "pointer") == 0;
        here |= strcmp(argv[i], "here") == 0;
    }
    require(ep = epoll_create1(0), "epoll_create1");
    serve(token(7, 3));
    serve(token(7, 0));
    serve(token(0, 4));
    while (argc == 1) sleep_ms(500);
    return 0;
}
