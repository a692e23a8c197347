/* wasm only: two threads hand a letter to each other through two pipes, argv[1] times round. */
#include "../../assets/guests/runtime.h"

static int there[2], back[2];
static uint64_t rounds;

static char take(int fd) {
    char letter = '?';
    wasix_iovec room = {&letter, 1};
    wasix_size count;
    wasix_fd_read(fd, &room, 1, &count);
    return letter;
}

static void give(int fd, char letter) {
    wasix_iovec part = {&letter, 1};
    wasix_size count;
    wasix_fd_write(fd, &part, 1, &count);
}

static void answer(void *argument) {
    (void)argument;
    for (uint64_t round = 0; round < rounds; round++) give(back[1], take(there[0]));
}

int guest_main(int argc, char **argv) {
    static thread other;
    rounds = argc > 1 ? parse_number(argv[1]) : 10;
    wasix_fd_pipe(&there[0], &there[1]);
    wasix_fd_pipe(&back[0], &back[1]);
    thread_start(&other, answer, 0);
    for (uint64_t round = 0; round < rounds; round++) {
        give(there[1], (char)('a' + round % 26));
        take(back[0]);
    }
    thread_join(&other);
    return 0;
}
