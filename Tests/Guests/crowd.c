/* Threads until there is no room for more, or as many as asked for; wasm only. Each sleeps until the end. */
#include "../../assets/guests/runtime.h"

static uint32_t over;

static void stay(void *unused) {
    (void)unused;
    while (__atomic_load_n(&over, __ATOMIC_SEQ_CST) == 0) futex_wait(&over, 0);
}

int guest_main(int argc, char **argv) {
    int wanted = argc > 1 ? (int)parse_number(argv[1]) : 100000, made = 0, error = 0;
    while (made < wanted && error == 0) {
        thread *one = allocate(sizeof *one);
        error = thread_start(one, stay, 0);
        if (error == 0) made++;
    }
    print("some: %d, then %s\n", made > 0, wasix_errno_name(error));
    return 0;
}
