/* Exceptions of C++ between the program and a library that it needs, and one that it opens. */
#include "linking.h"

extern int left;
int caught_number(int), caught_problem(int), caught_special(int), caught_text(int);
int library_caught_special(int), library_caught_number(int), caught_through(int), caught_again(int), caught_inside(int);
int caught_by(void (*body)(int), int value);

static void in_a_thread(void *result) { *(int *)result = caught_special(9); }

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    reserve_heap();
    scenario(1, "from the library");
    show("a number", caught_number(42));
    show("nothing", caught_number(0));
    show("an object", caught_problem(5));
    show("by its base", caught_special(6));
    show("a text", caught_text('x'));
    scenario(2, "to the library");
    show("a number", library_caught_number(43));
    show("by its base", library_caught_special(7));
    scenario(3, "through the library");
    show("caught", caught_through(8));
    show("destroyed", left);
    show("caught again", caught_again(3));
    show("destroyed, and seen on the way", left);
    show("one inside another", caught_inside(4));
    scenario(4, "a function that was looked up");
    library library = library_open("libthrow.so", OPEN_NOW);
    show("caught", caught_by((void (*)(int))library_symbol(library, "throw_special"), 11));
    scenario(5, "in a thread");
    os_thread thread;
    int result = 0;
    if (os_thread_start(&thread, in_a_thread, &result) < 0) return 1;
    os_thread_join(&thread);
    show("caught", result);
    return 0;
}
