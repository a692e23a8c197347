/* wasm only: the main thread waits in epoll_wait for argv[1] ms, without it for ever; another in fd_read of a pipe that
   nobody writes to. Exits with 6. */
#include "../../assets/guests/runtime.h"

static int ends[2];

static void read_nothing(void *argument) {
    (void)argument;
    char byte;
    wasix_iovec room = {&byte, 1};
    wasix_size count;
    wasix_fd_read(ends[0], &room, 1, &count);
}

int guest_main(int argc, char **argv) {
    static thread reader;
    wasix_epoll_event event = {.events = 1};
    wasix_size count;
    int instance;
    print("begin\n");
    wasix_fd_pipe(&ends[0], &ends[1]);
    wasix_epoll_create(&instance);
    wasix_epoll_ctl(instance, WASIX_EPOLL_ADD, ends[0], &event);
    thread_start(&reader, read_nothing, 0);
    wasix_epoll_wait(instance, &event, 1, argc > 1 ? parse_number(argv[1]) * 1000000 : WASIX_FOREVER, &count);
    return 6;
}
