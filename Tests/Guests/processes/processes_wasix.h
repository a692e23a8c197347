/* processes.h on WASIX imports. */
#include "wasix_processes.h"

/* ---- identity, fork, wait ---- */

static inline int os_process_id(void) {
    uint32_t pid = 0;
    int error = wasix_proc_id(&pid);
    return (int)os_result(error, (long)pid);
}

static inline int os_parent(void) {
    uint32_t parent = 0;
    int error = wasix_proc_parent((uint32_t)os_process_id(), &parent);
    return (int)os_result(error, (long)parent);
}

static inline int os_fork(void) {
    uint32_t pid = 0;
    int error = wasix_proc_fork(1, &pid);
    return (int)os_result(error, (long)pid);
}

/* As fork, but the parent stands still until the child runs another program or ends, which is all that it may do. */
#define os_vfork() os_vforked(&(uint32_t){0})
static inline int os_vforked(uint32_t *pid) {
    int error = wasix_proc_fork(0, pid);
    return (int)os_result(error, (long)*pid);
}

/* Ends at once, without anything that is done at an ordinary end. */
_Noreturn static inline void os_quit(int status) { wasix_proc_exit(status); }
_Noreturn static inline void os_abort(void) { __builtin_trap(); }

/* Those whose parents have ended become children of this process; the first process of all is one without asking. */
static inline void os_adopt_orphans(void) {}

/* The child that ended, 0 when none has and it may not wait. */
static inline int os_wait(int pid, int flags, int *status) {
    wasix_option_pid child = {pid != ANY_CHILD, pid != ANY_CHILD ? (uint32_t)pid : 0};
    wasix_join_status end = {0};
    int error = wasix_proc_join(&child, (uint32_t)flags, &end);
    switch (end.tag) {
    case WASIX_JOIN_EXITED: *status = end.code; break;
    case WASIX_JOIN_SIGNALLED: *status = BY_SIGNAL + end.signal; break;
    case WASIX_JOIN_STOPPED: *status = STOPPED + (end.code & 255); break;
    default: *status = STILL_RUNNING;
    }
    return (int)os_result(error, child.tag != 0 ? (long)child.pid : -1);
}

/* ---- programs ---- */

static wasix_size count_of(char *const *list) {
    wasix_size count = 0;
    while (list[count] != 0) count++;
    return count;
}

static inline char **os_environment(void) {
    wasix_size count = 0, size = 0;
    wasix_environ_sizes_get(&count, &size);
    char **list = allocate((count + 1) * sizeof(char *));
    wasix_environ_get(list, allocate(size));
    list[count] = 0;
    return list;
}

/* Where this program's own file is, from any working directory. */
static inline char *os_program(char **argv) {
    size_t length = strlen(argv[0]);
    char *path = allocate(length + 2);
    path[0] = '/';
    memcpy(path + (argv[0][0] != '/'), argv[0], length + 1);
    return path;
}

static inline int os_execute(const char *path, char *const *argv, char *const *envp) {
    int error = wasix_proc_exec4(path, strlen(path), argv, count_of(argv), envp, count_of(envp), 0, "", 0);
    return (int)os_result(error, 0);
}

/* Looked up in a list of directories, with colons between them. */
static inline int os_execute_found(const char *name, char *const *argv, char *const *envp, const char *list) {
    int error =
        wasix_proc_exec4(name, strlen(name), argv, count_of(argv), envp, count_of(envp), 1, list, strlen(list));
    return (int)os_result(error, 0);
}

enum { MOST_ACTIONS = 16 };

static inline wasix_spawn_operation operation_of(const os_action *action) {
    static const uint8_t operations[] = {WASIX_SPAWN_CLOSE, WASIX_SPAWN_DUP2, WASIX_SPAWN_OPEN, WASIX_SPAWN_CHDIR};
    unsigned flags = action->flags;
    wasix_spawn_operation result = {
        .operation = operations[action->what], .fd = (uint32_t)action->fd, .from = (uint32_t)action->from, .lookup = 1};
    if (action->path != 0) result.path = action->path, result.path_length = strlen(action->path);
    result.oflags = (uint16_t)((flags & CREATE ? WASIX_O_CREAT : 0) | (flags & TRUNCATE ? WASIX_O_TRUNC : 0));
    result.rights = result.inheriting = ~(uint64_t)0;
    if (!(flags & MAY_READ)) result.rights &= ~(uint64_t)WASIX_RIGHT_READ;
    if (!(flags & MAY_WRITE)) result.rights &= ~(uint64_t)WASIX_RIGHT_WRITE;
    return result;
}

/* The new process, in which the signal `ignored` is ignored, if it is not 0. With a list the name is looked up in it. */
static inline int os_spawn(const char *path, char *const *argv, char *const *envp, const os_action *actions, int count,
                           int ignored, const char *list) {
    wasix_spawn_operation operations[MOST_ACTIONS];
    wasix_signal_disposition disposition = {(uint8_t)ignored, WASIX_SIGNAL_IGNORED};
    uint32_t pid = 0;
    for (int i = 0; i < count; i++) operations[i] = operation_of(&actions[i]);
    int error = wasix_proc_spawn3(path, strlen(path), argv, count_of(argv), envp, count_of(envp), operations,
                                  (wasix_size)count, &disposition, ignored != 0, list != 0, list != 0 ? list : "",
                                  list != 0 ? strlen(list) : 0, &pid);
    return (int)os_result(error, (long)pid);
}

static inline void os_make_executable(const char *path) { (void)path; }

/* ---- signals ---- */

enum { SIGNAL_KILL = 9, SIGNAL_TERMINATE = 15, SIGNAL_STOP = 19 };

static void (*handlers[32])(int);

static void handle(int number) {
    if (handlers[number] != 0)
        handlers[number](number);
    else if (number != SIGNAL_BROKEN_PIPE && number != SIGNAL_CHILD && number != SIGNAL_CONTINUE)
        __builtin_trap();
}

/* Another handler for this signal, 0 for what happens without one. Waits are interrupted. */
static inline void os_handle(int number, void (*handler)(int)) {
    signal_handler = handle;
    handlers[number] = handler;
}

static inline int os_kill(int pid, int number) {
    return (int)os_result(wasix_proc_signal((uint32_t)pid, (uint32_t)number), 0);
}

/* Whether the program was started with this signal ignored. */
static inline int os_starts_ignoring(int number) {
    static wasix_signal_disposition all[64];
    wasix_size count = 0;
    if (wasix_proc_signals_sizes_get(&count) != 0 || count > 64 || wasix_proc_signals_get(all) != 0) return -1;
    int is_ignored = 0;
    for (wasix_size i = 0; i < count; i++)
        if (all[i].signal == number) is_ignored = all[i].disposition == WASIX_SIGNAL_IGNORED;
    return is_ignored;
}

/* ---- jumps ---- */

typedef struct {
    wasix_stack_snapshot snapshot;
    uint64_t value;
} jump_point;

/* 0, and again the value of each jump to this point; 1 for 0. */
#define os_jump_set(point)                                                                                             \
    (wasix_stack_checkpoint(&(point)->snapshot, &(point)->value) != 0 ? (__builtin_trap(), 0) : (int)(point)->value)

_Noreturn static inline void os_jump(jump_point *point, int value) {
    wasix_stack_restore(&point->snapshot, (uint64_t)(int64_t)value);
}
