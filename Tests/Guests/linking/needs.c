/* Needs two libraries from its beginning, one of which needs the other; and a function that is not there. */
#include "linking.h"

extern int base_value, *base_pointer;
int base_triple(int value);
int shape_area(int width, int height);
int shape_calls(int value);
int (*shape_gives_triple(void))(int);
void never_defined(void) __attribute__((weak));

static int (*const known)(int) = base_triple;
static int *const value = &base_value;

int guest_main(int argc, char **argv) {
    (void)argv;
    reserve_heap();
    scenario(1, "needed from the beginning");
    show("area", shape_area(6, 7));
    show("value", *value + (base_pointer == value));
    show("through its table", shape_calls(10));
    show("one address", known == base_triple && known == shape_gives_triple());
    show("called", known(14));
    show("weak", never_defined != 0);
    base_value++;
    show("shared", *base_pointer);
    scenario(2, "and opened");
    library shape = library_open("libshape.so", OPEN_NOW);
    show("the same", library_symbol(shape, "shape_area") == (void *)shape_area);
    show("its library", (void *)known == library_symbol(shape, "base_triple"));
    return argc > 5;
}
