/* A program that leaks descriptors: each request takes a socket pair, and mostly only one end of it is closed.
 *
 * What to watch: the number of descriptors grows with every request and never falls; the ends that are left have a peer
 * that is closed, and nobody reads or watches them. The cure is to close both ends when a request is done.
 *
 * Usage: leak [MILLISECONDS [REQUESTS]]    between requests (default: 100), and how many (default: no end) */
#include "runtime.h"

static int serve(uint64_t number) {
    char text[64];
    int ours, theirs;
    wasix_size done = 0;
    int error = wasix_sock_pair(WASIX_AF_INET4, WASIX_SOCK_STREAM, 0, &ours, &theirs);
    if (error != 0) return error;
    wasix_iovec out = {"request\n", 8}, in = {text, sizeof text};
    wasix_fd_write(theirs, &out, 1, &done);
    wasix_fd_read(ours, &in, 1, &done);
    wasix_fd_close(theirs);
    /* Only one path of ten closes our end, too: the mistake. */
    if (number % 10 != 0) return 0;
    return wasix_fd_close(ours);
}

int guest_main(int argc, char **argv) {
    uint64_t pause = argc > 1 ? parse_number(argv[1]) : 100, limit = argc > 2 ? parse_number(argv[2]) : 0;
    for (uint64_t number = 1; limit == 0 || number <= limit; number++) {
        int error = serve(number);
        if (error != 0) {
            print_to(2, "leak: request %d: %s\n", (int)number, wasix_errno_name(error));
            return 1;
        }
        if (number % 10 == 0) print("%d requests served\n", (int)number);
        sleep_ms(pause);
    }
    return 0;
}
