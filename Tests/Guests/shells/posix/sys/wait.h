/* How children end. */
#pragma once
#include "../posix.h"

#include <sys/resource.h>

#define WNOHANG 1
#define WUNTRACED 2
#define WEXITSTATUS(status) ((status) >> 8 & 255)
#define WTERMSIG(status) ((status)&127)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSTOPPED(status) (((status)&255) == 127)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0 && !WIFSTOPPED(status))
#define WCOREDUMP(status) 0

pid_t wait(int *);
pid_t waitpid(pid_t, int *, int);
pid_t wait3(int *, int, struct rusage *);
