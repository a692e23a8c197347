#define _GNU_SOURCE
#include "CLinux.h"
#include <sys/stat.h>

// Signal handlers read these without a lock, so each is written where no handler looks at it: `fd` and `before` while
// the terminal is not held, the modes that the guest wants in the half of `wanted` that is not current, the sizes while
// `has_guests_size` answers false.
static int fd = -1;
static struct termios before, wanted[2];
static struct winsize size_before, size_wanted;
static unsigned current;
static bool is_held, has_size;
// The terminal has the guest's modes. False from a stop until the terminal is ours again.
static bool is_applied;
static uint32_t setting;

#define LOAD(word) __atomic_load_n(&word, __ATOMIC_SEQ_CST)
#define STORE(word, value) __atomic_store_n(&word, value, __ATOMIC_SEQ_CST)

static bool has_guests_size(void) {
    struct winsize now;
    return LOAD(has_size) && ioctl(fd, TIOCGWINSZ, &now) == 0 && now.ws_col == size_wanted.ws_col
        && now.ws_row == size_wanted.ws_row;
}

// The program may also end while it is in the background: then the terminal has another program's modes, which stay.
static void restore(void) {
    if (LOAD(is_applied) && !cl_terminal_is_elsewhere(fd)) cl_terminal_apply(fd, TCSANOW, &before);
    // A size that somebody else has set since is theirs.
    if (has_guests_size()) ioctl(fd, TIOCSWINSZ, &size_before);
}

// Runs `body` with `number` able to stop the process.
#define STOPPABLE(number, body) \
    do { \
        sigset_t only_, was_; \
        sigemptyset(&only_); \
        sigaddset(&only_, number); \
        pthread_sigmask(SIG_UNBLOCK, &only_, &was_); \
        body; \
        pthread_sigmask(SIG_SETMASK, &was_, NULL); \
    } while (0)

// Sets the guest's modes again after a stop. In a process that was continued in the background this call stops it once
// more (SIGTTOU), until the terminal is ours. It must, because a shell that brings a running job to the front does not
// signal it, and the guest's keys would be echoed. A job whose shell is gone cannot be stopped: the call fails then.
static void resume(void) {
    int answer;
    STOPPABLE(SIGTTOU, answer = tcsetattr(fd, TCSANOW, &wanted[LOAD(current)]));
    if (answer == 0) STORE(is_applied, true);
}

// Stops the process as the system would, with the terminal's modes as they were before the guest. The size stays: it is
// not ours alone.
static void stop(void) {
    if (!cl_terminal_is_elsewhere(fd)) cl_terminal_apply(fd, TCSANOW, &before);
    STORE(is_applied, false);
    struct sigaction usual = {.sa_handler = SIG_DFL}, ours;
    sigaction(SIGTSTP, &usual, &ours);
    raise(SIGTSTP);
    STOPPABLE(SIGTSTP, ); // stopped here
    sigaction(SIGTSTP, &ours, NULL);
    // A job whose shell is gone was not stopped, and no SIGCONT will come: its modes are set again here.
    resume();
}

static const cl_terminal_holder guest = {.restore = restore, .stop = stop, .resume = resume};

// Guest threads block signals, so SIGTTOU is unblocked here. Of the calls that stop a background process tcdrain(3) is
// the one that changes nothing in the terminal.
int cl_guest_terminal_claim(int terminal) {
    if (!cl_terminal_is_elsewhere(terminal)) return 0;
    int error;
    STOPPABLE(SIGTTOU, error = tcdrain(terminal) == 0 ? 0 : errno);
    return error;
}

static int hold(int terminal) {
    if (tcgetattr(terminal, &before) != 0) return errno;
    if ((fd = fcntl(terminal, F_DUPFD_CLOEXEC, 3)) < 0) return errno;
    wanted[current] = before;
    has_size = false;
    is_applied = true;
    is_held = true;
    cl_terminal_hold(&guest);
    return 0;
}

static bool is_same(int terminal) {
    struct stat one, other;
    return fstat(terminal, &one) == 0 && fstat(fd, &other) == 0 && one.st_rdev == other.st_rdev;
}

static int set(int terminal, const struct termios *modes, const struct winsize *size) {
    if (is_held && !is_same(terminal)) {
        cl_terminal_restore();
        cl_terminal_release();
        is_held = false;
        close(fd);
    }
    int error = is_held ? 0 : hold(terminal);
    if (error != 0) return error;
    wanted[!current] = *modes;
    if ((error = cl_terminal_apply(fd, TCSANOW, modes)) != 0) return error;
    STORE(current, !current);
    STORE(is_applied, true);
    if (size == NULL) return 0;
    // A size that somebody else has set since the guest's last one is the size to go back to.
    struct winsize now;
    if (!has_guests_size() && ioctl(fd, TIOCGWINSZ, &now) == 0) size_before = now;
    if (ioctl(fd, TIOCSWINSZ, size) != 0) return errno;
    size_wanted = *size;
    STORE(has_size, true);
    return 0;
}

int cl_guest_terminal_set(int terminal, const struct termios *modes, const struct winsize *size) {
    cl_lock(&setting);
    int error = set(terminal, modes, size);
    cl_unlock(&setting);
    return error;
}
