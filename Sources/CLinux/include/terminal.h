// The host's terminal in the hands of this program: of a guest that changed its modes, or of the inspector's screen. It is
// given back on every way out: exit(), SIGINT, SIGTERM, SIGHUP, SIGQUIT, a crash, and while the program is stopped.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>

#pragma clang assume_nonnull begin

// terminal.c: what the holder of the terminal does at each of these events. One holder at a time. Signal handlers call
// these functions, so all of them must be async-signal-safe.
typedef struct {
    // The program ends. May come more than once.
    void (*restore)(void);
    // After `restore`, where other threads still run for a moment: nothing more may reach the terminal.
    void (*_Nullable silence)(void);
    // SIGTSTP; whoever handles it stops the program.
    void (*stop)(void);
    // SIGCONT, after a stop of any kind.
    void (*resume)(void);
    // SIGWINCH.
    void (*_Nullable resize)(void);
} cl_terminal_holder;

// From now on the terminal is given back after a fault of the program (SIGSEGV and its like), too. To be called before the
// wasm engine exists, whose handlers for guest faults hand everything else on to those they find.
void cl_terminal_guard_faults(void);
// Makes `holder` the holder and installs the handlers of the signals that concern it.
void cl_terminal_hold(const cl_terminal_holder *holder);
// The holder has given the terminal back itself.
void cl_terminal_release(void);
// Gives the terminal back, when somebody has it. Async-signal-safe.
void cl_terminal_restore(void);
// tcsetattr(3) with SIGTTOU blocked, which would stop a process in the background. Answers 0 or an errno.
int cl_terminal_apply(int fd, int when, const struct termios *modes);
// Whether `fd` belongs to another job now: this process is in the background.
bool cl_terminal_is_elsewhere(int fd);

// guest_terminal.c: the terminal's modes and size as a guest wants them.

// Stops this process while it is in the background, as the host stops any process that is about to change its terminal.
// Answers 0 when the terminal is its own, or an errno when it cannot be stopped because its shell is gone. To be called
// before the modes are read that are to be changed: until then the terminal may have the shell's.
int cl_guest_terminal_claim(int fd);
// Sets the terminal's modes, and its size where `size` is given. Any thread. Answers 0 or an errno. A process changes
// one terminal at a time: setting another one restores the first.
int cl_guest_terminal_set(int fd, const struct termios *modes, const struct winsize *_Nullable size);

// screen_terminal.c: the screen's terminal. What goes to standard error meanwhile, when that is a terminal, is kept and
// shown afterwards. Signal handlers only note stops and new sizes, and write to `wake`, an eventfd, for which the
// thread that draws waits; that thread does the work.
enum { CL_SCREEN_RESIZED = 1, CL_SCREEN_SUSPEND = 2, CL_SCREEN_CONTINUED = 4 };

// To be called before the screen changes the terminal's modes. `restore` are the bytes that undo it.
void cl_screen_terminal_arm(int fd, int wake, const char *restore, size_t length);
// After the screen has given the terminal back itself.
void cl_screen_terminal_disarm(void);
// Stops the whole job, as the terminal's own Ctrl-Z does, and returns when it is continued.
void cl_screen_terminal_stop(void);
// The CL_SCREEN_ bits noticed since the last call.
uint32_t cl_screen_terminal_take(void);

#pragma clang assume_nonnull end
