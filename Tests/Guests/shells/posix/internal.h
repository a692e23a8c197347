/* What the parts of the layer have of each other. */
#pragma once
#include "posix.h"

/* Without an error the result; otherwise -1, and errno is set. */
int posix_result(int error, int result);

/* Handlers that ran and were not asked to let calls go on. A call that was interrupted without one is made again. */
extern volatile unsigned posix_interruptions;

/* An event counter that a handler counts up when it has run; 0 is none. */
extern volatile int posix_bell;

int posix_is_ignored(int number);

/* In a new process: signals that wait are its parent's. */
void posix_forget_pending(void);
