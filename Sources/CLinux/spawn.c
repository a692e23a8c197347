#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>

extern char **environ;

// Starts a program that gets the first three descriptors as `actions` say and no others, with no signal blocked or
// ignored.
static pid_t spawn(char *const words[], posix_spawn_file_actions_t *actions, short flags) {
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addclosefrom_np(actions, 3);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags);
    pid_t child = 0;
    int failure = posix_spawn(&child, words[0], actions, &attributes, words, environ);
    posix_spawn_file_actions_destroy(actions);
    posix_spawnattr_destroy(&attributes);
    return failure == 0 ? child : -failure;
}

pid_t cl_spawn_apart(char *const words[], int input) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    return spawn(words, &actions, POSIX_SPAWN_SETSID);
}

pid_t cl_spawn_fed(char *const words[], int input) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    return spawn(words, &actions, 0);
}
