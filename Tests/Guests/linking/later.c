/* wasm only: functions and data that are defined after their users were loaded, which Linux leaves undefined. */
#include "linking.h"

int guest_main(int argc, char **argv) {
    (void)argv;
    reserve_heap();
    library shape = library_open("libshape.so", OPEN_NOW);
    int (*knows)(void) = (int (*)(void))library_symbol(shape, "shape_knows_late");
    show("before", knows());
    int (*asks)(int) = (int (*)(int))library_symbol(shape, "shape_asks_late");
    if (argc > 1) show("undefined", asks(1));
    library user = library_open("libuser.so", OPEN_NOW);
    show("late", library_open("liblate.so", OPEN_NOW | OPEN_GLOBAL) != 0);
    show("after", knows());
    show("called", asks(35));
    show("wide", library_open("libwide.so", OPEN_NOW | OPEN_GLOBAL) != 0);
    show("mixed", ((int (*)(void))library_symbol(user, "user_mixed"))());
    show("double", (long long)(100 * ((double (*)(void))library_symbol(user, "user_double"))()));
    show("vector", ((int (*)(void))library_symbol(user, "user_vector"))());
    show("again", ((int (*)(void))library_symbol(user, "user_vector"))());
    show("no handle", library_close(77));
    show("every library", ((int (*)(int))library_symbol(0, "late_function"))(1));
    return 0;
}
