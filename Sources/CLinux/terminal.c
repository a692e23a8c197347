#define _GNU_SOURCE
#include "CLinux.h"
#include <stdlib.h>
#include <sys/stat.h>

// Handlers read without a lock. `fd` and `before` are written while `is_held` is false, the modes that the guest wants to
// the half that is not current, the sizes while `has_size` is false or just before the terminal gets one.
static int fd = -1;
static struct termios before, wanted[2];
static struct winsize size_before, size_wanted;
static unsigned current;
static bool is_held, has_size, is_stopped;
static uint32_t setting;
static struct sigaction handlers_before[NSIG];

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define COUNT(list) (sizeof list / sizeof *list)
#define LOAD(word) __atomic_load_n(&word, __ATOMIC_SEQ_CST)
#define STORE(word, value) __atomic_store_n(&word, value, __ATOMIC_SEQ_CST)

// Runs `body` with SIGTTOU, by which the kernel stops a background process that changes its terminal, blocked or not.
#define WITH_STOPS(how, body) \
    do { \
        sigset_t only_, was_; \
        sigemptyset(&only_); \
        sigaddset(&only_, SIGTTOU); \
        pthread_sigmask(how, &only_, &was_); \
        body; \
        pthread_sigmask(SIG_SETMASK, &was_, NULL); \
    } while (0)

static int apply(const struct termios *modes) {
    int error;
    WITH_STOPS(SIG_BLOCK, error = tcsetattr(fd, TCSANOW, modes) == 0 ? 0 : errno);
    return error;
}

// Guest threads block signals. Of the calls that stop a background process this one does nothing else to a terminal.
int cl_terminal_claim(int terminal) {
    pid_t owner = tcgetpgrp(terminal);
    if (owner < 0 || owner == getpgrp()) return 0;
    int error;
    WITH_STOPS(SIG_UNBLOCK, error = tcdrain(terminal) == 0 ? 0 : errno);
    return error;
}

static bool has_guests_size(void) {
    struct winsize now;
    return LOAD(has_size) && ioctl(fd, TIOCGWINSZ, &now) == 0 && now.ws_col == size_wanted.ws_col
        && now.ws_row == size_wanted.ws_row;
}

void cl_terminal_restore(void) {
    if (!LOAD(is_held)) return;
    int error = errno;
    apply(&before);
    // A size that somebody else has set since is theirs.
    if (has_guests_size()) ioctl(fd, TIOCSWINSZ, &size_before);
    errno = error;
}

static void on_ending(int number) {
    cl_terminal_restore();
    sigaction(number, &handlers_before[number], NULL);
    raise(number);
}

static void install(int number, void (*handler)(int));
static void on_continue(int number);

// As the system stops us, with the shell's terminal as it was but for the size, which is not ours alone.
static void on_stop(int number) {
    int error = errno;
    STORE(is_stopped, true);
    apply(&before);
    signal(number, SIG_DFL);
    sigset_t only, was;
    sigemptyset(&only);
    sigaddset(&only, number);
    raise(number);
    pthread_sigmask(SIG_UNBLOCK, &only, &was); // stopped here
    pthread_sigmask(SIG_SETMASK, &was, NULL);
    install(number, on_stop);
    // Nobody stops a job whose shell is gone.
    on_continue(SIGCONT);
    errno = error;
}

// In the background the terminal is somebody else's; the shell continues us once more when it is ours again.
static void on_continue(int number) {
    (void)number;
    int error = errno;
    if (LOAD(is_stopped) && tcgetpgrp(fd) == getpgrp()) {
        STORE(is_stopped, false);
        apply(&wanted[LOAD(current)]);
    }
    errno = error;
}

// Leaves signals alone that are ignored: of nohup, of background jobs.
static void install(int number, void (*handler)(int)) {
    struct sigaction found, action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigaction(number, NULL, &found);
    if (!(found.sa_flags & SA_SIGINFO) && found.sa_handler == SIG_IGN) return;
    sigfillset(&action.sa_mask);
    // On the way of a stop the continuation must come through.
    sigdelset(&action.sa_mask, SIGCONT);
    if (found.sa_handler != handler) handlers_before[number] = found;
    sigaction(number, &action, NULL);
}

static int hold(int terminal) {
    if (tcgetattr(terminal, &before) != 0) return errno;
    if ((fd = fcntl(terminal, F_DUPFD_CLOEXEC, 3)) < 0) return errno;
    wanted[current] = before;
    has_size = false;
    STORE(is_held, true);
    static bool is_installed;
    if (is_installed) return 0;
    is_installed = true;
    for (size_t i = 0; i < COUNT(ending); i++) install(ending[i], on_ending);
    install(SIGTSTP, on_stop);
    install(SIGCONT, on_continue);
    atexit(cl_terminal_restore);
    return 0;
}

static bool is_same(int terminal) {
    struct stat one, other;
    return fstat(terminal, &one) == 0 && fstat(fd, &other) == 0 && one.st_rdev == other.st_rdev;
}

static int set(int terminal, const struct termios *modes, const struct winsize *size) {
    if (LOAD(is_held) && !is_same(terminal)) {
        cl_terminal_restore();
        STORE(is_held, false);
        close(fd);
    }
    int error = LOAD(is_held) ? 0 : hold(terminal);
    if (error != 0) return error;
    wanted[!current] = *modes;
    if ((error = apply(modes)) != 0) return error;
    STORE(current, !current);
    if (size == NULL) return 0;
    // What the window was made since the guest's last wish is what it goes back to.
    struct winsize now;
    if (!has_guests_size() && ioctl(fd, TIOCGWINSZ, &now) == 0) size_before = now;
    if (ioctl(fd, TIOCSWINSZ, size) != 0) return errno;
    size_wanted = *size;
    STORE(has_size, true);
    return 0;
}

int cl_terminal_set(int terminal, const struct termios *modes, const struct winsize *size) {
    cl_lock(&setting);
    int error = set(terminal, modes, size);
    cl_unlock(&setting);
    return error;
}
