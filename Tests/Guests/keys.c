/* A program that takes single keys, as editors do; wasm only. Each line says what a test waits for.
 *   q return  x exit 3  t trap  s tell the state again  w widen the window  c back to lines  r raw again
 *   h handle signals from now on  n handle them without an end */
#include "../../assets/guests/runtime.h"

static void tell(void) {
    wasix_tty state;
    int error = wasix_tty_get(&state);
    print("%s: %ux%u, terminals %u%u%u, echo %u, lines %u, feeds %u\n", wasix_errno_name(error), state.columns, state.rows,
          state.stdin_tty, state.stdout_tty, state.stderr_tty, state.echo, state.line_buffered, state.line_feeds);
}

static void set_raw(uint8_t is_raw) {
    wasix_tty state;
    wasix_tty_get(&state);
    state.echo = state.line_buffered = !is_raw;
    /* What libc leaves uninitialised is no boolean. */
    state.line_feeds = 0xAA;
    print("set: %s\n", wasix_errno_name(wasix_tty_set(&state)));
}

/* As libc does it: nothing but the size is filled in. */
static void widen(void) {
    wasix_tty state;
    memset(&state, 0, sizeof state);
    state.columns = 132, state.rows = 43;
    print("size: %s\n", wasix_errno_name(wasix_tty_set(&state)));
}

static void hear(int number) { print("signal %d\n", number); }

static void hang(int number) {
    print("signal %d\n", number);
    int never = 0;
    for (;;) __builtin_wasm_memory_atomic_wait32(&never, 0, -1);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    tell();
    set_raw(1);
    for (;;) {
        char key;
        wasix_iovec part = {&key, 1};
        wasix_size count = 0;
        int error = wasix_fd_read(0, &part, 1, &count);
        if (error != 0 || count == 0) {
            print("end: %s\n", wasix_errno_name(error));
            return 0;
        }
        print("key %02x\n", (unsigned char)key);
        if (key == 'q') return 0;
        if (key == 'x') wasix_proc_exit(3);
        if (key == 't') __builtin_trap();
        if (key == 's') tell();
        if (key == 'w') widen();
        if (key == 'c') set_raw(0);
        if (key == 'r') set_raw(1);
        if (key == 'h') signal_handler = hear;
        if (key == 'n') signal_handler = hang;
    }
}
