#define _GNU_SOURCE
#include "CLinux.h"
#include <string.h>
#include <sys/mman.h>

// Written by arm and disarm while `is_armed` is false, read by whoever turns it from true to false.
static struct {
    int terminal, nowhere, stderr_before, stderr_kept;
    struct termios modes;
    char restore[512];
    size_t length;
} held;
static bool is_armed;
static uint32_t pending;
static int doorbell = -1;

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

// Shows what went to standard error while the screen was on; only the end of it when there is much.
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

static void restore(void) {
    if (!__atomic_exchange_n(&is_armed, false, __ATOMIC_SEQ_CST)) return;
    write_all(held.terminal, held.restore, held.length);
    cl_terminal_apply(held.terminal, TCSADRAIN, &held.modes);
    replay_stderr();
}

// Of what another thread still draws after a crash, nothing must reach the restored terminal.
static void silence(void) { dup2(held.nowhere, held.terminal); }

static void notice(uint32_t bit) {
    __atomic_fetch_or(&pending, bit, __ATOMIC_SEQ_CST);
    uint64_t one = 1;
    ssize_t ignored = write(doorbell, &one, sizeof one);
    (void)ignored;
}

static void on_stop(void) { notice(CL_SCREEN_SUSPEND); }
static void on_resume(void) { notice(CL_SCREEN_CONTINUED); }
static void on_resize(void) { notice(CL_SCREEN_RESIZED); }

static const cl_terminal_holder screen = {
    .restore = restore, .silence = silence, .stop = on_stop, .resume = on_resume, .resize = on_resize};

void cl_screen_terminal_arm(int fd, int wake, const char *bytes, size_t length) {
    held.terminal = fd;
    doorbell = wake;
    tcgetattr(fd, &held.modes);
    held.length = length < sizeof held.restore ? length : sizeof held.restore;
    memcpy(held.restore, bytes, held.length);
    held.nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    held.stderr_kept = -1;
    if (isatty(STDERR_FILENO) && (held.stderr_kept = memfd_create("stderr", MFD_CLOEXEC)) >= 0) {
        fcntl(held.stderr_kept, F_SETFL, O_APPEND);
        held.stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
        dup2(held.stderr_kept, STDERR_FILENO);
    }
    __atomic_store_n(&is_armed, true, __ATOMIC_SEQ_CST);
    cl_terminal_hold(&screen);
}

void cl_screen_terminal_disarm(void) {
    bool is_mine = __atomic_exchange_n(&is_armed, false, __ATOMIC_SEQ_CST);
    cl_terminal_release();
    if (!is_mine) return;
    replay_stderr();
    close(held.nowhere);
}

// This thread takes its own SIGTSTP at once (one sent to the process could reach another thread later); not SIGSTOP, which
// would stop even where nobody can continue us.
void cl_screen_terminal_stop(void) {
    signal(SIGTSTP, SIG_IGN);
    kill(0, SIGTSTP);
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
}

uint32_t cl_screen_terminal_take(void) { return __atomic_exchange_n(&pending, 0, __ATOMIC_SEQ_CST); }
