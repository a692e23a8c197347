/* The smallest program that does something: what starting and ending costs. */
#include "../portable.h"

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    print("hello, world\n");
    return 0;
}
