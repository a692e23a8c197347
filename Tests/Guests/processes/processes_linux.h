/* processes.h on Linux calls. */

#include <setjmp.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* ---- identity, fork, wait ---- */

static inline int os_process_id(void) { return getpid(); }
static inline int os_parent(void) { return getppid(); }
static inline int os_fork(void) { return (int)os_result(fork()); }

/* As fork, but the parent stands still until the child runs another program or ends, which is all that it may do. */
#define os_vfork() vfork()

/* Ends at once, without anything that is done at an ordinary end. */
_Noreturn static inline void os_quit(int status) { _exit(status); }
_Noreturn static inline void os_abort(void) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    abort();
}

/* Those whose parents have ended become children of this process. */
static inline void os_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1); }

/* The child that ended, 0 when none has and it may not wait. */
static inline int os_wait(int pid, int flags, int *status) {
    int host = (flags & NO_HANG ? WNOHANG : 0) | (flags & WAKE_STOPPED ? WUNTRACED : 0);
    int end = 0, child = waitpid(pid, &end, host);
    *status = child <= 0         ? STILL_RUNNING
              : WIFSTOPPED(end)  ? STOPPED + WSTOPSIG(end)
              : WIFSIGNALED(end) ? BY_SIGNAL + WTERMSIG(end)
                                 : WEXITSTATUS(end);
    return (int)os_result(child);
}

/* ---- programs ---- */

static inline char **os_environment(void) { return environ; }

/* Where this program's own file is, from any working directory. */
static inline char *os_program(char **argv) {
    (void)argv;
    return "/proc/self/exe";
}

static inline int os_execute(const char *path, char *const *argv, char *const *envp) {
    return (int)os_result(execve(path, argv, envp));
}

/* Looked up in a list of directories, with colons between them. */
static inline int os_execute_found(const char *name, char *const *argv, char *const *envp, const char *list) {
    setenv("PATH", list, 1);
    return (int)os_result(execvpe(name, argv, envp));
}

static int host_flags(unsigned flags) {
    return (flags & MAY_WRITE ? (flags & MAY_READ ? O_RDWR : O_WRONLY) : O_RDONLY) | (flags & CREATE ? O_CREAT : 0) |
           (flags & TRUNCATE ? O_TRUNC : 0);
}

/* The new process, in which the signal `ignored` is ignored, if it is not 0. With a list the name is looked up in it. */
static inline int os_spawn(const char *path, char *const *argv, char *const *envp, const os_action *actions, int count,
                           int ignored, const char *list) {
    posix_spawn_file_actions_t all;
    pid_t pid = -1;
    posix_spawn_file_actions_init(&all);
    for (const os_action *one = actions; one < actions + count; one++) {
        switch (one->what) {
        case ACTION_CLOSE: posix_spawn_file_actions_addclose(&all, one->fd); break;
        case ACTION_DUP: posix_spawn_file_actions_adddup2(&all, one->from, one->fd); break;
        case ACTION_OPEN:
            posix_spawn_file_actions_addopen(&all, one->fd, one->path, host_flags(one->flags), 0666);
            break;
        case ACTION_CHDIR: posix_spawn_file_actions_addchdir_np(&all, one->path); break;
        }
    }
    struct sigaction before;
    /* What is ignored here is ignored in what is started. */
    if (ignored != 0) sigaction(ignored, &(struct sigaction){.sa_handler = SIG_IGN}, &before);
    if (list != NULL) setenv("PATH", list, 1);
    errno = list != NULL ? posix_spawnp(&pid, path, &all, NULL, argv, envp) : posix_spawn(&pid, path, &all, NULL, argv, envp);
    int answer = (int)os_result(errno == 0 ? pid : -1);
    if (ignored != 0) sigaction(ignored, &before, NULL);
    posix_spawn_file_actions_destroy(&all);
    return answer;
}

static inline void os_make_executable(const char *path) { chmod(path, 0755); }

/* ---- signals ---- */

enum { SIGNAL_CHILD = SIGCHLD, SIGNAL_KILL = SIGKILL, SIGNAL_TERMINATE = SIGTERM };
enum { SIGNAL_CONTINUE = SIGCONT, SIGNAL_STOP = SIGSTOP };

/* Another handler for this signal, 0 for what happens without one. Waits are interrupted. */
static inline void os_handle(int number, void (*handler)(int)) {
    sigaction(number, &(struct sigaction){.sa_handler = handler != NULL ? handler : SIG_DFL}, NULL);
}

static inline int os_kill(int pid, int number) { return (int)os_result(kill(pid, number)); }

/* Whether the program was started with this signal ignored. */
static inline int os_starts_ignoring(int number) {
    struct sigaction action;
    sigaction(number, NULL, &action);
    return action.sa_handler == SIG_IGN;
}

/* ---- jumps ---- */

typedef struct {
    sigjmp_buf buffer;
} jump_point;

/* 0, and again the value of each jump to this point; 1 for 0. */
#define os_jump_set(point) sigsetjmp((point)->buffer, 1)

_Noreturn static inline void os_jump(jump_point *point, int value) { siglongjmp(point->buffer, value); }
