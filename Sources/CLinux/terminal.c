#define _GNU_SOURCE
#include "CLinux.h"
#include <stdlib.h>

// Handlers read it without a lock.
static const cl_terminal_holder *holder;
static struct sigaction handlers_before[NSIG];

static const int fatal[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE};
static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const int passing[] = {SIGTSTP, SIGCONT, SIGWINCH};
#define COUNT(list) (sizeof list / sizeof *list)
#define HOLDER() __atomic_load_n(&holder, __ATOMIC_SEQ_CST)

int cl_terminal_apply(int fd, int when, const struct termios *modes) {
    sigset_t only, was;
    sigemptyset(&only);
    sigaddset(&only, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &only, &was);
    int error = tcsetattr(fd, when, modes) == 0 ? 0 : errno;
    pthread_sigmask(SIG_SETMASK, &was, NULL);
    return error;
}

bool cl_terminal_is_elsewhere(int fd) {
    pid_t owner = tcgetpgrp(fd);
    return owner >= 0 && owner != getpgrp();
}

void cl_terminal_restore(void) {
    const cl_terminal_holder *now = HOLDER();
    int error = errno;
    if (now) now->restore();
    errno = error;
}

static void restore_for_good(void) {
    const cl_terminal_holder *now = HOLDER();
    cl_terminal_restore();
    if (now && now->silence) now->silence();
}

static void on_ending(int number) {
    restore_for_good();
    sigaction(number, &handlers_before[number], NULL);
    raise(number);
}

// Chains: whoever handled the signal before us (or the system) gets it next.
static void on_fatal(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    restore_for_good();
    struct sigaction next = handlers_before[number];
    if (!(next.sa_flags & SA_SIGINFO) && next.sa_handler == SIG_IGN) next.sa_handler = SIG_DFL;
    sigaction(number, &next, NULL);
    raise(number);
}

static void on_passing(int number) {
    const cl_terminal_holder *now = HOLDER();
    int error = errno;
    if (now && number == SIGTSTP) now->stop();
    if (now && number == SIGCONT) now->resume();
    if (now && number == SIGWINCH && now->resize) now->resize();
    errno = error;
}

// Leaves signals alone that are ignored: of nohup, of background jobs.
static void install(int number, void (*handler)(int)) {
    struct sigaction found, action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigaction(number, NULL, &found);
    if (!(found.sa_flags & SA_SIGINFO) && found.sa_handler == SIG_IGN) return;
    sigfillset(&action.sa_mask);
    if (handler == on_passing) {
        // A handler that stops us must let SIGCONT in, and the signals that end the program, which a stop would put off
        // for ever. The handlers of those let nothing in: a SIGCONT that came with them could stop us once more.
        sigdelset(&action.sa_mask, SIGCONT);
        for (size_t i = 0; i < COUNT(ending); i++) sigdelset(&action.sa_mask, ending[i]);
    }
    if (found.sa_handler != handler) handlers_before[number] = found;
    sigaction(number, &action, NULL);
}

void cl_terminal_guard_faults(void) {
    static bool is_installed;
    if (__atomic_exchange_n(&is_installed, true, __ATOMIC_SEQ_CST)) return;
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < COUNT(fatal); i++) sigaction(fatal[i], &action, &handlers_before[fatal[i]]);
}

void cl_terminal_hold(const cl_terminal_holder *new_holder) {
    __atomic_store_n(&holder, new_holder, __ATOMIC_SEQ_CST);
    for (size_t i = 0; i < COUNT(passing); i++) install(passing[i], on_passing);
    static bool is_installed;
    if (__atomic_exchange_n(&is_installed, true, __ATOMIC_SEQ_CST)) return;
    for (size_t i = 0; i < COUNT(ending); i++) install(ending[i], on_ending);
    atexit(cl_terminal_restore);
}

void cl_terminal_release(void) {
    __atomic_store_n(&holder, NULL, __ATOMIC_SEQ_CST);
    for (size_t i = 0; i < COUNT(passing); i++) {
        struct sigaction found;
        sigaction(passing[i], NULL, &found);
        if (found.sa_handler == on_passing) sigaction(passing[i], &handlers_before[passing[i]], NULL);
    }
}
