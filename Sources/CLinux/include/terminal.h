// The host's terminal in the hands of a guest. What the guest changed of it is put back on every way out of the program:
// exit(), SIGINT, SIGTERM, SIGHUP, SIGQUIT, and while the program is stopped.
#pragma once
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>

#pragma clang assume_nonnull begin

// Stops a background process, as any that is about to change its terminal, until the terminal is its own. Answers 0, or the
// errno with which nobody can stop it. To be called before the modes are read that are to be changed: the shell has its own.
int cl_terminal_claim(int fd);

// Sets the terminal's modes, and its size where `size` is given. Any thread. Answers 0 or an errno. One terminal at a time
// for a process: another one's turn ends with what it had before.
int cl_terminal_set(int fd, const struct termios *modes, const struct winsize *_Nullable size);

// Puts the terminal back as it was before the first change. Async-signal-safe.
void cl_terminal_restore(void);

#pragma clang assume_nonnull end
