#define _GNU_SOURCE
#include "CNcurses.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

// Written by arm and disarm while `armed` is false, read by whoever turns it from true to false.
static struct {
    int terminal, nowhere, stderr_before, stderr_kept;
    struct termios modes;
    char restore[512];
    size_t length;
} held;
static bool armed;
static uint32_t pending;
static int doorbell = -1;
static struct sigaction before[NSIG];

static const int fatal[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE};
static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static const int noticed[] = {SIGWINCH, SIGTSTP, SIGCONT};
#define COUNT(list) (sizeof list / sizeof *list)
enum { REPLAYED = 64 * 1024 };

static void write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        length -= (size_t)written;
    }
}

// What went to standard error while the screen was on, its end when it was much.
static void replay_stderr(void) {
    if (held.stderr_kept < 0) return;
    dup2(held.stderr_before, STDERR_FILENO);
    off_t end = lseek(held.stderr_kept, 0, SEEK_END), at = end > REPLAYED ? end - REPLAYED : 0;
    char part[4096];
    ssize_t count;
    while (at < end && (count = pread(held.stderr_kept, part, sizeof part, at)) > 0) {
        write_all(STDERR_FILENO, part, (size_t)count);
        at += count;
    }
    close(held.stderr_before);
    close(held.stderr_kept);
    held.stderr_kept = -1;
}

// The only way back for signal handlers and exit(): async-signal-safe, does nothing the second time.
void cn_guard_restore(void) {
    if (!__atomic_exchange_n(&armed, false, __ATOMIC_SEQ_CST)) return;
    int error = errno;
    write_all(held.terminal, held.restore, held.length);
    // A background process that sets modes would be stopped right here.
    sigset_t only, was;
    sigemptyset(&only);
    sigaddset(&only, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &only, &was);
    tcsetattr(held.terminal, TCSADRAIN, &held.modes);
    pthread_sigmask(SIG_SETMASK, &was, NULL);
    replay_stderr();
    errno = error;
}

// Of what another thread still draws after a crash, nothing must reach the restored terminal.
static void restore_for_good(void) {
    bool mine = __atomic_load_n(&armed, __ATOMIC_SEQ_CST);
    cn_guard_restore();
    if (mine) dup2(held.nowhere, held.terminal);
}

static void on_ending(int signal_number) {
    restore_for_good();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

// Chains: whoever handled the signal before us (or the system) gets it next. libwasmtime, installed later, calls this
// for faults that are not the guest's.
static void on_fatal(int signal_number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    restore_for_good();
    struct sigaction next = before[signal_number];
    if (!(next.sa_flags & SA_SIGINFO) && next.sa_handler == SIG_IGN) next.sa_handler = SIG_DFL;
    sigaction(signal_number, &next, NULL);
    raise(signal_number);
}

static void on_noticed(int signal_number) {
    int error = errno;
    uint32_t bit = signal_number == SIGWINCH ? CN_RESIZED : signal_number == SIGTSTP ? CN_SUSPEND : CN_CONTINUED;
    __atomic_fetch_or(&pending, bit, __ATOMIC_SEQ_CST);
    uint64_t one = 1;
    ssize_t ignored = write(doorbell, &one, sizeof one);
    (void)ignored;
    errno = error;
}

// Before the wasm engine exists: its handlers chain to those they find. Once for a process.
void cn_guard_install(void) {
    static bool installed;
    if (__atomic_exchange_n(&installed, true, __ATOMIC_SEQ_CST)) return;
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < COUNT(fatal); i++) sigaction(fatal[i], &action, &before[fatal[i]]);
    action = (struct sigaction){.sa_handler = on_ending, .sa_flags = SA_ONSTACK};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < COUNT(ending); i++) {
        struct sigaction found;
        sigaction(ending[i], NULL, &found);
        if (!(found.sa_flags & SA_SIGINFO) && found.sa_handler == SIG_IGN) continue; // nohup, background jobs
        sigaction(ending[i], &action, &before[ending[i]]);
    }
    atexit(cn_guard_restore);
}

static void notice(void) {
    struct sigaction action = {.sa_handler = on_noticed, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < COUNT(noticed); i++) sigaction(noticed[i], &action, NULL);
}

// To be called before the screen changes the terminal's modes. `restore` are the bytes that undo it.
void cn_guard_arm(int terminal, int wake, const char *restore, size_t length) {
    held.terminal = terminal;
    doorbell = wake;
    tcgetattr(terminal, &held.modes);
    held.length = length < sizeof held.restore ? length : sizeof held.restore;
    memcpy(held.restore, restore, held.length);
    held.nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    held.stderr_kept = -1;
    if (isatty(STDERR_FILENO) && (held.stderr_kept = memfd_create("stderr", MFD_CLOEXEC)) >= 0) {
        fcntl(held.stderr_kept, F_SETFL, O_APPEND);
        held.stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
        dup2(held.stderr_kept, STDERR_FILENO);
    }
    for (size_t i = 0; i < COUNT(noticed); i++) sigaction(noticed[i], NULL, &before[noticed[i]]);
    notice();
    __atomic_store_n(&armed, true, __ATOMIC_SEQ_CST);
}

// After the screen has given the terminal back itself.
void cn_guard_disarm(void) {
    bool mine = __atomic_exchange_n(&armed, false, __ATOMIC_SEQ_CST);
    for (size_t i = 0; i < COUNT(noticed); i++) sigaction(noticed[i], &before[noticed[i]], NULL);
    if (!mine) return;
    replay_stderr();
    close(held.nowhere);
}

// Stops the whole job, as the terminal's own Ctrl-Z does, and returns when it is continued. This thread takes its own
// SIGTSTP at once (one sent to the process could reach another thread later); not SIGSTOP, which would stop even
// where nobody can continue us.
void cn_guard_stop(void) {
    signal(SIGTSTP, SIG_IGN);
    kill(0, SIGTSTP);
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    notice();
}

// The CN_ bits noticed since the last call.
uint32_t cn_guard_take(void) { return __atomic_exchange_n(&pending, 0, __ATOMIC_SEQ_CST); }
