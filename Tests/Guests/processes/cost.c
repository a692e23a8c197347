/* What processes, signals and jumps cost: cost fork MIB ROUNDS | spawn ROUNDS | exec ROUNDS | signal ROUNDS | jump ROUNDS
 * Each round of fork ends and joins the child; so do those of the others that make one. */
#include "../bench/report.h"
#include "processes.h"

#ifndef __wasm__
#define allocate malloc
#endif

static char *program;
static volatile uint64_t handled;
static void count(int number) {
    (void)number;
    handled++;
}

static void join(int pid) {
    int status, answer;
    require(pid, "a child");
    do answer = os_wait(pid, 0, &status);
    while (answer < 0 && strcmp(os_error, "INTR") == 0);
    require(answer, "wait");
}

static void round_fork(void) {
    int pid = os_fork();
    if (pid == 0) os_quit(0);
    join(pid);
}

static void round_spawn(void) { join(os_spawn(program, (char *[]){program, 0}, (char *[]){0}, 0, 0, 0, 0)); }

static void round_exec(void) {
    int pid = os_fork();
    if (pid == 0) {
        os_execute(program, (char *[]){program, 0}, (char *[]){0});
        os_quit(1);
    }
    join(pid);
}

static void round_signal(void) { os_raise(SIGNAL_USER1); }

static void round_jump(void) {
    static jump_point point;
    if (os_jump_set(&point) == 0) os_jump(&point, 1);
}

static void touch(uint64_t mebibytes) {
    volatile char *bytes = allocate(mebibytes << 20);
    for (uint64_t at = 0; at < mebibytes << 20; at += 4096) bytes[at] = 1;
}

int guest_main(int argc, char **argv) {
    if (argc < 2) return 0;
    program = os_program(argv);
    const char *what = argv[1];
    int isFork = strcmp(what, "fork") == 0;
    if (isFork) touch(argument(argc, argv, 2, 1));
    uint64_t rounds = argument(argc, argv, isFork ? 3 : 2, 100);
    void (*round)(void) = isFork                          ? round_fork
                          : strcmp(what, "spawn") == 0    ? round_spawn
                          : strcmp(what, "exec") == 0     ? round_exec
                          : strcmp(what, "signal") == 0   ? round_signal
                                                          : round_jump;
    os_on_signals(count);
    round();
    uint64_t start = os_now();
    for (uint64_t i = 0; i < rounds; i++) round();
    report("cost", os_now() - start, rounds * 1000, "us");
    return 0;
}
