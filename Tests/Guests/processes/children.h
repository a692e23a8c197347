/* What forks.c and shares.c have in common: children that do one thing, and a gate at which they wait. */
#ifndef CHILDREN_H
#define CHILDREN_H

#include "processes.h"

static int number, gate[2];

/* A child that does this and exits with what it answers. */
static int child_of(int (*body)(void)) {
    int pid = os_fork_or_end();
    if (pid == 0) os_exit(body());
    return pid;
}

/* Ends when the gate is opened on the other side. */
static int wait_at_gate(void) {
    char byte;
    os_close(gate[1]);
    read_whole(gate[0], &byte, 1);
    return number;
}

static void open_gate(void) { os_close(gate[0]), os_close(gate[1]); }

#endif
