/* Processes of posix.h: fork, exec, wait. */
#include "posix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../../processes/wasix_processes.h"
#include "internal.h"

/* The numbers of WASIX's errnos are those of the C library. */
int posix_result(int error, int result) {
    if (error == 0) return result;
    errno = error;
    return -1;
}

/* Not on the stack: a child of vfork may have the same one. */
static uint32_t child;

pid_t fork(void) {
    pid_t pid = posix_result(wasix_proc_fork(1, &child), (int)child);
    if (pid == 0) posix_forget_pending();
    return pid;
}

pid_t vfork(void) { return posix_result(wasix_proc_fork(0, &child), (int)child); }

pid_t getpid(void) {
    uint32_t pid = 0;
    return posix_result(wasix_proc_id(&pid), (int)pid);
}

pid_t getppid(void) {
    uint32_t parent = 0;
    return posix_result(wasix_proc_parent((uint32_t)getpid(), &parent), (int)parent);
}

/* ---- programs ---- */

static wasix_size count_of(char *const list[]) {
    wasix_size count = 0;
    while (list[count] != NULL) count++;
    return count;
}

static int execute(const char *name, char *const argv[], char *const envp[], const char *path) {
    return posix_result(wasix_proc_exec4(name, strlen(name), argv, count_of(argv), envp, count_of(envp), path != NULL,
                                         path != NULL ? path : "", path != NULL ? strlen(path) : 0),
                        0);
}

int execve(const char *path, char *const argv[], char *const envp[]) { return execute(path, argv, envp, NULL); }

int execv(const char *path, char *const argv[]) { return execute(path, argv, environ, NULL); }

int execvp(const char *name, char *const argv[]) {
    const char *path = getenv("PATH");
    return execute(name, argv, environ, path != NULL ? path : "/bin:/usr/bin");
}

/* ---- waiting ---- */

static int status_of(const wasix_join_status *end) {
    switch (end->tag) {
    case WASIX_JOIN_EXITED: return (end->code & 255) << 8;
    case WASIX_JOIN_SIGNALLED: return end->signal;
    case WASIX_JOIN_STOPPED: return (end->code & 255) << 8 | 127;
    default: return 0;
    }
}

/* The numbers of the options are those of WASIX's flags. */
pid_t waitpid(pid_t pid, int *status, int options) {
    for (;;) {
        wasix_option_pid one = {pid > 0, pid > 0 ? (uint32_t)pid : 0};
        wasix_join_status end = {0};
        unsigned before = posix_interruptions;
        int error = wasix_proc_join(&one, (uint32_t)options, &end);
        if (error == EINTR && posix_interruptions == before) continue;
        if (error == 0 && status != NULL) *status = status_of(&end);
        return posix_result(error, (int)one.pid);
    }
}

pid_t wait(int *status) { return waitpid(-1, status, 0); }

pid_t wait3(int *status, int options, struct rusage *usage) {
    if (usage != NULL) memset(usage, 0, sizeof *usage);
    return waitpid(-1, status, options);
}

/* ---- groups, users, the machine ---- */

/* All processes are in the group of the first one. */
pid_t getpgrp(void) { return 1; }

static int refuse(int error) { return posix_result(error, -1); }

int setpgid(pid_t pid, pid_t group) { return refuse(ENOSYS); }
pid_t tcgetpgrp(int fd) { return refuse(isatty(fd) ? ENOSYS : ENOTTY); }
int tcsetpgrp(int fd, pid_t group) { return refuse(isatty(fd) ? ENOSYS : ENOTTY); }

uid_t getuid(void) { return 0; }
uid_t geteuid(void) { return 0; }
gid_t getgid(void) { return 0; }
gid_t getegid(void) { return 0; }

char *getlogin(void) { return NULL; }

int getloadavg(double *loads, int count) { return -1; }
