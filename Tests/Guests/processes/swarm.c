/* Many processes: one after the other, at once, and as many as there may be.
 *   swarm row N     forks N children that end at once
 *   swarm once N    N children that are there at the same time
 *   swarm bomb      only as a guest: children whose children fork, until no process is left */
#include "processes.h"

static int number_of(const char *text) {
    int number = 0;
    while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
    return number;
}

static int wait_again(int pid, int *status) {
    int answer;
    do answer = os_wait(pid, 0, status);
    while (answer < 0 && strcmp(os_error, "INTR") == 0);
    return answer;
}

static void row(int count) {
    int done = 0;
    for (int i = 0; i < count; i++) {
        int status = 0, pid = os_fork_or_end();
        if (pid == 0) os_quit(i & 255);
        done += wait_again(pid, &status) == pid && status == (i & 255);
    }
    print("%d in a row\n", done);
}

/* Each waits for the end of the gate. */
static void once(int count) {
    int gate[2], status, ended = 0;
    os_pipe(gate);
    for (int i = 0; i < count; i++) {
        if (os_fork_or_end() != 0) continue;
        char byte;
        os_close(gate[1]);
        read_whole(gate[0], &byte, 1);
        os_quit(3);
    }
    os_close(gate[0]);
    os_close(gate[1]);
    while (wait_again(ANY_CHILD, &status) > 0) ended += status == 3;
    print("%d at once\n", ended);
}

#ifdef __wasm__
/* Every process forks two and waits for them; what finds no room ends with 9, and so does whoever has such a child. */
static _Noreturn void multiply(int depth) {
    int status, failed = 0;
    for (int i = 0; i < 2 && depth > 0; i++) {
        int pid = os_fork();
        if (pid == 0) multiply(depth - 1);
        if (pid < 0) failed = strcmp(os_error, "AGAIN") == 0 ? 9 : 8;
    }
    while (wait_again(ANY_CHILD, &status) > 0)
        if (status != 0) failed = status;
    os_quit(failed);
}

static void bomb(void) {
    int pid = os_fork_or_end();
    if (pid == 0) multiply(14);
    show_end("the bomb", pid);
}
#else
static void bomb(void) {}
#endif

int guest_main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "row") == 0) row(number_of(argv[2]));
    if (argc > 2 && strcmp(argv[1], "once") == 0) once(number_of(argv[2]));
    if (argc > 1 && strcmp(argv[1], "bomb") == 0) {
        bomb();
        once(20);
    }
    return 0;
}
