/* Opens libraries, asks for their symbols, and calls them. */
#include "linking.h"

static int calls(library from, const char *name, int value) {
    int (*function)(int) = (int (*)(int))library_symbol(from, name);
    return function ? function(value) : -1;
}

static int asks(library from, const char *name) {
    int (*function)(void) = (int (*)(void))library_symbol(from, name);
    return function ? function() : -1;
}

static void opening(void) {
    scenario(1, "a library and what it needs");
    library shape = library_open("libshape.so", OPEN_NOW);
    show("opened", shape != 0);
    int (*area)(int, int) = (int (*)(int, int))library_symbol(shape, "shape_area");
    show("area", area ? area(6, 7) : -1);
    show("sees base", asks(shape, "shape_sees_base"));
    show("calls through base's table", calls(shape, "shape_calls", 10));
    show("again the same", library_open("libshape.so", OPEN_NOW) == shape);
    library base = library_open("libbase.so", OPEN_NOW);
    show("base is there", base != 0 && base != shape);
    show("known only", library_open("libbase.so", OPEN_NOW | OPEN_KNOWN_ONLY) == base);
    show("closed", library_close(shape));
}

static void data(void) {
    scenario(2, "data");
    library base = library_open("libbase.so", OPEN_NOW), shape = library_open("libshape.so", OPEN_NOW);
    int *value = library_symbol(base, "base_value"), **pointer = library_symbol(base, "base_pointer");
    show("value", value ? *value : -1);
    show("pointer to it", pointer && *pointer == value);
    *value = 50;
    show("seen by others", asks(shape, "shape_sees_base"));
    void (*bumps)(void) = (void (*)(void))library_symbol(shape, "shape_bumps");
    bumps();
    show("changed by others", *value);
    show("the program's own", main_counter);
    const char **names = library_symbol(base, "base_names");
    print("  %s %s\n", names[0], names[1]);
    show("through the one that needs it", library_symbol(shape, "base_value") == value);
}

static void functions(void) {
    scenario(3, "one function has one address");
    library base = library_open("libbase.so", OPEN_NOW), shape = library_open("libshape.so", OPEN_NOW);
    int (*(*gives)(void))(int) = (int (*(*)(void))(int))library_symbol(shape, "shape_gives_triple");
    show("a library's", (void *)gives() == library_symbol(base, "base_triple"));
    show("called", gives()(14));
    gives = (int (*(*)(void))(int))library_symbol(shape, "shape_gives_doubled");
    show("the program's", gives() == main_doubled);
    show("called", gives()(21));
    show("asked for twice", library_symbol(shape, "shape_area") == library_symbol(shape, "shape_area"));
    int (**table)(int) = library_symbol(base, "base_functions");
    show("in data", table[2] == main_doubled && (void *)table[1] == library_symbol(base, "base_triple"));
}

static void program(void) {
    scenario(4, "the program itself");
    library self = library_open(0, OPEN_NOW);
    show("opened", self != 0);
    show("its function", (void *)library_symbol(self, "main_doubled") == (void *)main_doubled);
    show("its data", library_symbol(self, "main_counter") == &main_counter);
}

static void failing(void) {
    scenario(5, "what is not there");
    show("no library", library_open("libnone.so", OPEN_NOW) != 0);
    const char *text = library_problem();
    show("named", holds(text, "libnone.so: cannot open shared object file: No such file or directory"));
    library base = library_open("libbase.so", OPEN_NOW);
    show("no symbol", library_symbol(base, "nobody_has_this") != 0);
    show("named", holds(library_problem(), "undefined symbol: nobody_has_this"));
    show("no library's symbol", library_symbol(base, "shape_area") != 0);
    library_problem();
    show("not loaded", library_open("liblate.so", OPEN_NOW | OPEN_KNOWN_ONLY) != 0);
    library_problem();
    show("no path", library_open("./none/libbase.so", OPEN_NOW) != 0);
    show("named", holds(library_problem(), "none/libbase.so: cannot open shared object file"));
}

static void circles(void) {
    scenario(6, "libraries that need each other");
    library ping = library_open("libping.so", OPEN_NOW);
    show("ping 0", calls(ping, "ping", 0));
    show("ping 5", calls(ping, "ping", 5));
    show("pong 4", calls(ping, "pong", 4));
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    reserve_heap();
    opening();
    data();
    functions();
    program();
    failing();
    circles();
    return 0;
}
