/* wasm only: a pipeline whose second half has its own copy of the write end: it waits for an end of file that cannot come.
 * With an argument it closes that, as it should, and says how many bytes came. */
#include "processes.h"

static int ends[2];

static _Noreturn void count_bytes(int closes) {
    char bytes[64];
    long sum = 0, count;
    if (closes) os_close(ends[1]);
    while ((count = os_read(ends[0], bytes, sizeof bytes)) > 0) sum += count;
    print("%d bytes\n", (int)sum);
    os_exit(0);
}

int guest_main(int argc, char **argv) {
    (void)argv;
    os_pipe(ends);
    int counter = os_fork_or_end();
    if (counter == 0) count_bytes(argc > 1);
    os_close(ends[0]);
    os_write(ends[1], "from the first half", 19);
    os_close(ends[1]);
    show_end("the second half", counter);
    return 0;
}
