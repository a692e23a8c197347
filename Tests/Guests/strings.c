/* wasm only: one write of buffers of 16000, 1000, 4, 4 and 4 bytes, a counter's value, the two ends of a socket pair, and
   an attempt to open the file that argv[1] names. */
#include "../../assets/guests/runtime.h"

static void put(int fd, const void *bytes, wasix_size length) {
    wasix_iovec part = {(void *)bytes, length};
    wasix_size count;
    wasix_fd_write(fd, &part, 1, &count);
}

int guest_main(int argc, char **argv) {
    int ends[2], fd;
    wasix_size count;
    char *text = allocate(17012);
    memset(text, 'a', 16000);
    memset(text + 16000, 'b', 1000);
    memcpy(text + 17000, "ccccddddeeee", 12);
    wasix_iovec parts[5] = {
        {text, 16000}, {text + 16000, 1000}, {text + 17000, 4}, {text + 17004, 4}, {text + 17008, 4}};
    wasix_fd_pipe(&ends[0], &ends[1]);
    wasix_fd_write(ends[1], parts, 5, &count);
    uint64_t seven = 7;
    if (!wasix_fd_event(0, 0, &fd)) put(fd, &seven, sizeof seven);
    if (!wasix_sock_pair(3, 1, 0, &ends[0], &ends[1])) {
        put(ends[0], "to", 2);
        put(ends[1], "fro", 3);
    }
    if (argc > 1) wasix_path_open(3, 0, argv[1], strlen(argv[1]), 0, 2, 0, 0, &fd);
    return 0;
}
