/* Exceptions: from here into the program, and from the program through and to here. */
#include "throwing.h"

int Problem::kind() const { return 1; }
int Special::kind() const { return 2; }

extern "C" {
void throw_number(int number) {
    if (number != 0) throw number;
}
void throw_problem(int code) { throw Problem(code); }
void throw_special(int code) { throw Special(code); }
void throw_text(int letter) {
    static char text[2];
    text[0] = static_cast<char>(letter);
    throw static_cast<const char *>(text);
}

int throw_outcome(Body body, int value) { return outcome(body, value); }

/* Is passed by: only its object hears of it. */
void throw_passes(Body body, int value, int *left) {
    Guard guard(left);
    body(value);
}

/* Catches, and throws the same again. */
void throw_again(Body body, int value, int *left) {
    try {
        body(value);
    } catch (...) {
        ++*left;
        throw;
    }
}
}
