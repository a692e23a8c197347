#define _GNU_SOURCE
#include "CLinux.h"
#include <sys/stat.h>

// Handlers read without a lock. `fd` and `before` are written while nobody holds the terminal, the modes that the guest
// wants to the half that is not current, the sizes while `has_size` is false or just before the terminal gets one.
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

// In the background, where the end may come, too, the modes are another program's.
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

// Continued in the background, the process stops at this very call, as every program does that sets its modes again: a
// shell that brings a running job to the front tells it nothing, and the guest's keys would be echoed. The call goes on
// when the terminal is ours. Nobody stops a job whose shell is gone: it fails then.
static void resume(void) {
    int answer;
    STOPPABLE(SIGTTOU, answer = tcsetattr(fd, TCSANOW, &wanted[LOAD(current)]));
    if (answer == 0) STORE(is_applied, true);
}

// As the system stops us, with the shell's terminal as it was but for the size, which is not ours alone.
static void stop(void) {
    if (!cl_terminal_is_elsewhere(fd)) cl_terminal_apply(fd, TCSANOW, &before);
    STORE(is_applied, false);
    struct sigaction usual = {.sa_handler = SIG_DFL}, ours;
    sigaction(SIGTSTP, &usual, &ours);
    raise(SIGTSTP);
    STOPPABLE(SIGTSTP, ); // stopped here
    sigaction(SIGTSTP, &ours, NULL);
    // Nobody stops a job whose shell is gone: then nobody continues it, either.
    resume();
}

static const cl_terminal_holder guest = {.restore = restore, .stop = stop, .resume = resume};

// Guest threads block signals. Of the calls that stop a background process this one does nothing else to a terminal.
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
    // What the window was made since the guest's last wish is what it goes back to.
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
