/* Signals of signal.h. The host knows one function for all of them; handlers, masks and blocked signals are here. */
#include "posix.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "../../processes/wasix_processes.h"
#include "internal.h"

WASIX_IMPORT(proc_signal) int wasix_proc_signal(uint32_t pid, uint32_t signal);
WASIX_IMPORT(proc_raise) int wasix_proc_raise(uint32_t signal);

static struct sigaction actions[NSIG];
static volatile sigset_t blocked, pending;
volatile unsigned posix_interruptions;
volatile int posix_bell;

void posix_ignore(int number) {}

static sigset_t bit(int number) { return (sigset_t)1 << (number - 1); }

/* A trap in a handler is the end by its signal. */
static void take_default(int number) {
    switch (number) {
    case SIGCHLD:
    case SIGURG:
    case SIGWINCH:
    case SIGCONT: return;
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: kill(getpid(), SIGSTOP); return;
    default: __builtin_trap();
    }
}

static void take(int number) {
    struct sigaction action = actions[number];
    if (action.sa_handler == SIG_IGN) return;
    if (action.sa_handler == SIG_DFL) {
        take_default(number);
        return;
    }
    sigset_t before = blocked;
    blocked = before | action.sa_mask | (action.sa_flags & SA_NODEFER ? 0 : bit(number));
    action.sa_handler(number);
    blocked = before;
    if (!(action.sa_flags & SA_RESTART)) posix_interruptions++;
    if (posix_bell != 0) wasix_fd_write(posix_bell, &(wasix_iovec){&(uint64_t){1}, 8}, 1, &(wasix_size){0});
}

/* Those that were blocked and are not any more. The host calls the handler: only then is a trap in it an end by the
 * signal. */
static void take_pending(void) {
    for (sigset_t ready; (ready = pending & ~blocked) != 0;) {
        int number = __builtin_ctzll(ready) + 1;
        pending &= ~bit(number);
        raise(number);
    }
}

__attribute__((export_name("__wasm_signal"))) void posix_signal(int number) {
    if (number <= 0 || number >= NSIG) return;
    if (blocked & bit(number)) {
        if (actions[number].sa_handler != SIG_IGN) pending |= bit(number);
        return;
    }
    take(number);
    take_pending();
}

/* Signals that the program was started with as ignored are so. */
__attribute__((constructor)) static void begin(void) {
    static wasix_signal_disposition inherited[NSIG];
    wasix_size count = 0;
    if (wasix_proc_signals_sizes_get(&count) == 0 && count <= NSIG && wasix_proc_signals_get(inherited) == 0) {
        for (wasix_size i = 0; i < count; i++)
            if (inherited[i].signal < NSIG && inherited[i].disposition == WASIX_SIGNAL_IGNORED)
                actions[inherited[i].signal].sa_handler = SIG_IGN;
    }
    wasix_callback_signal("__wasm_signal", sizeof "__wasm_signal" - 1);
}

void posix_forget_pending(void) { pending = 0; }

int posix_is_ignored(int number) { return actions[number].sa_handler == SIG_IGN; }

/* ---- handlers and masks ---- */

int sigaction(int number, const struct sigaction *new, struct sigaction *old) {
    if (number <= 0 || number >= NSIG || (new != NULL && (number == SIGKILL || number == SIGSTOP)))
        return posix_result(EINVAL, 0);
    struct sigaction before = actions[number];
    if (new != NULL) actions[number] = *new;
    if (actions[number].sa_handler == SIG_IGN) pending &= ~bit(number);
    if (old != NULL) *old = before;
    return 0;
}

void (*signal(int number, void (*handler)(int)))(int) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    return sigaction(number, &action, &before) == 0 ? before.sa_handler : SIG_ERR;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old) {
    if (old != NULL) *old = blocked;
    if (set == NULL) return 0;
    switch (how) {
    case SIG_BLOCK: blocked |= *set; break;
    case SIG_UNBLOCK: blocked &= ~*set; break;
    case SIG_SETMASK: blocked = *set; break;
    default: return posix_result(EINVAL, 0);
    }
    take_pending();
    return 0;
}

int sigpending(sigset_t *set) {
    *set = pending;
    return 0;
}

/* ---- sending ---- */

int kill(pid_t pid, int number) { return posix_result(wasix_proc_signal((uint32_t)pid, (uint32_t)number), 0); }
int killpg(pid_t group, int number) { return kill(-group, number); }
int raise(int number) { return posix_result(wasix_proc_raise((uint32_t)number), 0); }
