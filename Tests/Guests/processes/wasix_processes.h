/* The part of the WASIX interface that is about processes and stacks; assets/guests/wasix.h has the rest. */
#ifndef WASIX_PROCESSES_H
#define WASIX_PROCESSES_H

#include "../../../assets/guests/wasix.h"

typedef struct {
    uint8_t tag;
    uint32_t pid;
} wasix_option_pid;

enum { WASIX_JOIN_NOTHING, WASIX_JOIN_EXITED, WASIX_JOIN_SIGNALLED, WASIX_JOIN_STOPPED };
typedef struct {
    uint8_t tag;
    uint16_t code;
    uint8_t signal;
} wasix_join_status;

enum { WASIX_SPAWN_CLOSE, WASIX_SPAWN_DUP2, WASIX_SPAWN_OPEN, WASIX_SPAWN_CHDIR, WASIX_SPAWN_FCHDIR };
typedef struct {
    uint8_t operation;
    uint32_t fd, from;
    const char *path;
    wasix_size path_length;
    uint32_t lookup;
    uint16_t oflags;
    uint64_t rights, inheriting;
    uint16_t fdflags, fdflagsext;
} wasix_spawn_operation;

enum { WASIX_SIGNAL_DEFAULT, WASIX_SIGNAL_IGNORED };
typedef struct {
    uint8_t signal, disposition;
} wasix_signal_disposition;

typedef struct {
    uint64_t user, hash[2];
} wasix_stack_snapshot;

_Static_assert(sizeof(wasix_option_pid) == 8, "option_pid");
_Static_assert(sizeof(wasix_join_status) == 6 && offsetof(wasix_join_status, signal) == 4, "join_status");
_Static_assert(sizeof(wasix_spawn_operation) == 56 && offsetof(wasix_spawn_operation, rights) == 32, "spawn operation");
_Static_assert(offsetof(wasix_spawn_operation, fdflagsext) == 50, "spawn operation");
_Static_assert(sizeof(wasix_signal_disposition) == 2 && sizeof(wasix_stack_snapshot) == 24, "small structures");

WASI_IMPORT(environ_sizes_get) int wasix_environ_sizes_get(wasix_size *count, wasix_size *size);
WASI_IMPORT(environ_get) int wasix_environ_get(char **environment, char *buffer);
WASIX_IMPORT(proc_id) int wasix_proc_id(uint32_t *pid);
WASIX_IMPORT(proc_parent) int wasix_proc_parent(uint32_t pid, uint32_t *parent);
WASIX_IMPORT(proc_fork) int wasix_proc_fork(uint32_t copies_memory, uint32_t *pid);
WASIX_IMPORT(proc_join) int wasix_proc_join(wasix_option_pid *pid, uint32_t flags, wasix_join_status *status);
WASIX_IMPORT(proc_exec4)
int wasix_proc_exec4(const char *name, wasix_size name_length, char *const *argv, wasix_size argc, char *const *envp,
                     wasix_size envc, uint32_t searches, const char *path, wasix_size path_length);
WASIX_IMPORT(proc_spawn3)
int wasix_proc_spawn3(const char *name, wasix_size name_length, char *const *argv, wasix_size argc, char *const *envp,
                      wasix_size envc, const wasix_spawn_operation *operations, wasix_size operation_count,
                      const wasix_signal_disposition *dispositions, wasix_size disposition_count, uint32_t searches,
                      const char *path, wasix_size path_length, uint32_t *pid);
WASIX_IMPORT(proc_signals_sizes_get) int wasix_proc_signals_sizes_get(wasix_size *count);
WASIX_IMPORT(proc_signals_get) int wasix_proc_signals_get(wasix_signal_disposition *dispositions);
WASIX_IMPORT(stack_checkpoint)
__attribute__((returns_twice)) int wasix_stack_checkpoint(wasix_stack_snapshot *snapshot, uint64_t *value);
WASIX_IMPORT(stack_restore) _Noreturn void wasix_stack_restore(const wasix_stack_snapshot *snapshot, uint64_t value);

#endif
