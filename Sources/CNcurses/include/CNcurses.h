// What Swift cannot say itself about ncurses: its macros, globals and wide cells. No ncurses type leaves this header.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// The one ncurses screen. Not thread-safe: one thread owns it from open to close. What each function does is said at
// its definition in screen.c.
enum {
    CN_READY = 0,
    CN_NO_DATABASE_ENTRY = 1, // TERM is unset or unknown
    CN_NO_ADDRESSING = 2,     // the terminal cannot place its cursor (TERM=dumb)
    CN_NOT_OPENED = 3,
};
enum { CN_BOLD = 1, CN_DIM = 2, CN_REVERSE = 4, CN_UNDERLINE = 8 };

bool cn_use_locale(bool force_utf8);
int cn_describe(int output);
int cn_open(int input, int output);
void cn_close(void);
int cn_colours(void);
bool cn_define_pair(int pair, int foreground, int background);
void cn_put(int row, int column, const uint32_t scalars[_Nonnull 3], uint32_t attributes, int pair);
// Rows to put before each cn_send, which says why.
enum { CN_ROWS_AT_ONCE = 2 };
void cn_send(void);
void cn_flush(int cursor_row, int cursor_column);
void cn_resize(int height, int width);
void cn_redraw_all(void);
void cn_leave(void);
const char *_Nullable cn_capability(const char *name);
void cn_window_size(int terminal, int *height, int *width);
int cn_eventfd(void);

#pragma clang assume_nonnull end
