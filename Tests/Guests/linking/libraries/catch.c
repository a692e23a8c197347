/* Jumps: from here into the program, and from the program to here. */
#include "jumping.h"
#include "library.h"

int catch_calls(void (*body)(jump_place)) {
    jump_place place;
    int value = setjmp(place);
    if (value != 0) return value;
    body(place);
    return -1;
}

void catch_jumps(jump_place place, int value) { longjmp(place, value); }
