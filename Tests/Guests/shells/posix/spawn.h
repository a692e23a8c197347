/* posix_spawn, with the actions and attributes that programs here use. */
#pragma once
#include "posix.h"

#include "../../processes/wasix_processes.h"

#define POSIX_SPAWN_RESETIDS 1
#define POSIX_SPAWN_SETSIGMASK 8

typedef struct {
    wasix_size count;
    wasix_spawn_operation all[16];
} posix_spawn_file_actions_t;

/* No mask: none is inherited. */
typedef struct {
    short flags;
} posix_spawnattr_t;

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *, int);
int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *, int, int);
int posix_spawnattr_init(posix_spawnattr_t *);
int posix_spawnattr_destroy(posix_spawnattr_t *);
int posix_spawnattr_setflags(posix_spawnattr_t *, short);
int posix_spawnattr_setsigmask(posix_spawnattr_t *, const sigset_t *);
int posix_spawn(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[],
                char *const[]);
