/* Jumps between the program and a library. */
#include "linking.h"
#include "libraries/jumping.h"

static void jumps(jump_place place) { longjmp(place, 42); }
static void returns(jump_place place) { (void)place; }

static int turns;
static void (*throws)(jump_place, int);

static int counts(void) {
    static jump_place place;
    int value = setjmp(place);
    turns++;
    if (value < 3) throws(place, value + 1);
    return value;
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    reserve_heap();
    library library = library_open("libcatch.so", OPEN_NOW);
    int (*calls)(void (*)(jump_place)) = (int (*)(void (*)(jump_place)))library_symbol(library, "catch_calls");
    throws = (void (*)(jump_place, int))library_symbol(library, "catch_jumps");
    show("from the program to the library", calls(jumps));
    show("none", calls(returns));
    int value = counts();
    show("from the library to the program", value);
    show("turns", turns);
    return 0;
}
