/* What system() answers, which is -1 here, taken apart. */
#pragma once

#define WIFEXITED(status) (((status) & 0x7f) == 0)
#define WEXITSTATUS(status) ((status) >> 8 & 0xff)
#define WIFSIGNALED(status) (!WIFEXITED(status))
#define WTERMSIG(status) ((status) & 0x7f)
#define WCOREDUMP(status) 0
