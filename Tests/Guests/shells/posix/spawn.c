/* spawn.h. The functions answer errnos. */
#include "spawn.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "internal.h"

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions) {
    actions->count = 0;
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions) { return 0; }

static int add(posix_spawn_file_actions_t *actions, wasix_spawn_operation operation) {
    if (actions->count == sizeof actions->all / sizeof *actions->all) return ENOMEM;
    actions->all[actions->count++] = operation;
    return 0;
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd) {
    return add(actions, (wasix_spawn_operation){.operation = WASIX_SPAWN_CLOSE, .fd = (uint32_t)fd});
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to) {
    return add(actions, (wasix_spawn_operation){
                            .operation = WASIX_SPAWN_DUP2, .fd = (uint32_t)to, .from = (uint32_t)from});
}

int posix_spawnattr_init(posix_spawnattr_t *attributes) {
    attributes->flags = 0;
    return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attributes) { return 0; }

int posix_spawnattr_setflags(posix_spawnattr_t *attributes, short flags) {
    attributes->flags = flags;
    return 0;
}

int posix_spawnattr_setsigmask(posix_spawnattr_t *attributes, const sigset_t *mask) { return 0; }

/* What is ignored here is ignored there. */
static wasix_size ignored(wasix_signal_disposition *dispositions) {
    wasix_size count = 0;
    for (int number = 1; number < NSIG; number++)
        if (posix_is_ignored(number))
            dispositions[count++] = (wasix_signal_disposition){(uint8_t)number, WASIX_SIGNAL_IGNORED};
    return count;
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const argv[], char *const envp[]) {
    wasix_signal_disposition dispositions[NSIG];
    wasix_size argc = 0, envc = 0;
    uint32_t made = 0;
    while (argv[argc] != NULL) argc++;
    while (envp[envc] != NULL) envc++;
    int error = wasix_proc_spawn3(path, strlen(path), argv, argc, envp, envc, actions != NULL ? actions->all : NULL,
                                  actions != NULL ? actions->count : 0, dispositions, ignored(dispositions), 0, "", 0,
                                  &made);
    *pid = (pid_t)made;
    return error;
}
