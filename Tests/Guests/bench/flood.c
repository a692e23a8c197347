/* As much as an inspector can be shown at once: many registered descriptors and calls without a pause.
 * Prints how many calls it made a second.
 * Usage: flood [DESCRIPTORS [SECONDS [FILE]]]    FILE: where to write the result as well */
#include "report.h"

int guest_main(int argc, char **argv) {
    static os_event events[64];
    uint64_t count = argument(argc, argv, 1, 10000), seconds = argument(argc, argv, 2, 1000000), calls = 0, value = 1;
    int *fds = os_allocate(count * sizeof *fds), ep = os_epoll();
    for (uint64_t i = 0; i < count; i++) {
        require(fds[i] = os_eventfd(0), "eventfd");
        require(os_epoll_ctl(ep, ADD, fds[i], IN, i), "add");
    }
    uint64_t start = os_now(), now = start;
    for (uint64_t index = 0; now - start < seconds * 1000 * MILLISECONDS; index = (index + 1) % count, calls += 4) {
        value = 1;
        os_write(fds[index], &value, sizeof value);
        os_epoll_wait(ep, events, 64, 0);
        os_read(fds[index], &value, sizeof value);
        now = os_now();
    }
    report("flood", calls * 1000000000u, now - start, "calls/s");
    if (argc > 3) leave(argv[3], calls * 1000000000u, now - start);
    return 0;
}
