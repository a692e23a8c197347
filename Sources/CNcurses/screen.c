#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <ncurses.h>
#include <term.h>

static SCREEN *screen;
static FILE *from, *to;

// Answers whether the character set is UTF-8. ncurses sizes and writes wide cells by LC_CTYPE.
bool cn_use_locale(bool force_utf8) {
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
    return force_utf8 && setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

static FILE *stream(int descriptor, const char *mode) {
    int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    return own < 0 ? NULL : fdopen(own, mode);
}

// Reads the terminal's description, changes nothing.
int cn_describe(int output) {
    int state = 0;
    if (setupterm(NULL, output, &state) != OK) return CN_NO_DATABASE_ENTRY;
    return cn_capability("cup") ? CN_READY : CN_NO_ADDRESSING;
}

// Starts ncurses on duplicates of these descriptors, in raw mode and without echo. Answers CN_READY or CN_NOT_OPENED.
int cn_open(int input, int output) {
    from = stream(input, "r");
    to = stream(output, "w");
    screen = from && to ? newterm(NULL, to, from) : NULL;
    if (!screen) {
        if (from) fclose(from);
        if (to) fclose(to);
        return CN_NOT_OPENED;
    }
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    // Tables do not shift: nothing is won by inserting and deleting characters, where emulators disagree.
    idcok(stdscr, FALSE);
    curs_set(0);
    return CN_READY;
}

void cn_close(void) {
    if (!screen) return;
    endwin();
    delscreen(screen);
    screen = NULL;
    fclose(from);
    fclose(to);
}

// How many colours there are, 0 for none. -1 stands for the terminal's own colour in a pair.
int cn_colours(void) {
    if (!has_colors() || start_color() != OK) return 0;
    use_default_colors();
    return COLORS;
}

bool cn_define_pair(int pair, int foreground, int background) {
    return init_pair((short)pair, (short)foreground, (short)background) == OK;
}

// One cell: a base character and at most two combining marks, 0 where there is none.
void cn_put(int row, int column, const uint32_t scalars[3], uint32_t attributes, int pair) {
    wchar_t text[4] = {(wchar_t)scalars[0], (wchar_t)scalars[1], (wchar_t)scalars[2], 0};
    attr_t look = A_NORMAL;
    if (attributes & CN_BOLD) look |= A_BOLD;
    if (attributes & CN_DIM) look |= A_DIM;
    if (attributes & CN_REVERSE) look |= A_REVERSE;
    if (attributes & CN_UNDERLINE) look |= A_UNDERLINE;
    cchar_t cell;
    if (setcchar(&cell, text, look, (short)pair, NULL) == OK) mvwadd_wch(stdscr, row, column, &cell);
}

// Sends what changed so far. ncurses looks for scrolled regions only where three lines or more changed: sent two by two,
// rows are written and never moved, which every emulator shows alike.
void cn_send(void) { wrefresh(stdscr); }

// Sends the rest and puts the cursor in its place. A negative row hides the cursor.
void cn_flush(int cursor_row, int cursor_column) {
    curs_set(cursor_row >= 0);
    if (cursor_row >= 0) wmove(stdscr, cursor_row, cursor_column);
    wrefresh(stdscr);
}

void cn_resize(int height, int width) { resizeterm(height, width); }
// The next flush paints the whole screen anew.
void cn_redraw_all(void) { clearok(curscr, TRUE); }

// Gives the terminal back for a while; the next flush takes it again.
void cn_leave(void) { endwin(); }

// A string of the terminal's description (terminfo(5)); NULL when it has none of that name.
const char *cn_capability(const char *name) {
    const char *text = tigetstr((char *)name);
    return text == (const char *)-1 ? NULL : text;
}

// The window's size in cells, 0 by 0 when the host does not know it.
void cn_window_size(int terminal, int *height, int *width) {
    struct winsize size = {0};
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0) size = (struct winsize){0};
    *height = size.ws_row;
    *width = size.ws_col;
}

int cn_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
