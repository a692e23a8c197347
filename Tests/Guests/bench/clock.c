/* The cheapest call there is: reading the monotonic clock in a loop.
 * Usage: clock [CALLS [FILE]]    FILE: where to write the result as well, for when the inspector owns the terminal */
#include "report.h"

int guest_main(int argc, char **argv) {
    uint64_t calls = argument(argc, argv, 1, 10000000), last = 0, backwards = 0, start = os_now();
    for (uint64_t i = 0; i < calls; i++) {
        uint64_t time = os_now();
        backwards += time < last;
        last = time;
    }
    uint64_t elapsed = os_now() - start;
    if (backwards != 0) return 1;
    report("clock", elapsed, calls, "ns");
    if (argc > 2) leave(argv[2], elapsed, calls);
    return 0;
}
