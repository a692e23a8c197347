/* Ends on a signal in an orderly way: says which one came and leaves with 7. wasm only: it is about who gets signals.
 *
 * Usage: graceful [computing]: with an argument it computes without a call for ever. */
#include "portable.h"

static volatile int came;
static void note(int number) { came = number; }

int guest_main(int argc, char **argv) {
    (void)argv;
    os_event event;
    int ep = os_epoll();
    os_on_signals(note);
    print("ready\n");
    while (argc > 1 && came == 0) {}
    while (came == 0) os_epoll_wait(ep, &event, 1, FOREVER);
    print("signal %d\n", came);
    return 7;
}
