/* Signals, with WASIX's numbers, which are Linux's. */
#pragma once
#include "posix.h"

#define _WASI_EMULATED_SIGNAL
#include <bits/signal.h>

#define NSIG 65
/* Functions of a wasm program have the addresses from 1 on, so that 1 is one of them. */
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN posix_ignore
#define SIG_ERR ((void (*)(int)) - 1)
void posix_ignore(int);
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000

typedef int sig_atomic_t;

struct sigaction {
    void (*sa_handler)(int);
    sigset_t sa_mask;
    int sa_flags;
};

int sigaction(int, const struct sigaction *, struct sigaction *);
void (*signal(int, void (*)(int)))(int);
int sigprocmask(int, const sigset_t *, sigset_t *);
/* Waits until a handler has run. */
int sigsuspend(const sigset_t *);
int sigpending(sigset_t *);
int kill(pid_t, int);
int killpg(pid_t, int);
int raise(int);

static inline int sigemptyset(sigset_t *set) { return *set = 0, 0; }
static inline int sigfillset(sigset_t *set) { return *set = ~(sigset_t)0, 0; }
static inline int sigaddset(sigset_t *set, int number) { return *set |= (sigset_t)1 << (number - 1), 0; }
static inline int sigdelset(sigset_t *set, int number) { return *set &= ~((sigset_t)1 << (number - 1)), 0; }
static inline int sigismember(const sigset_t *set, int number) { return *set >> (number - 1) & 1; }
