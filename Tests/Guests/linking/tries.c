/* wasm only: opens the libraries that it is told to, and prints what comes of it. */
#include "linking.h"

int guest_main(int argc, char **argv) {
    reserve_heap();
    for (int i = 1; i < argc; i++) {
        library_error[0] = 0;
        int isOpen = library_open(argv[i], OPEN_NOW) != 0;
        print("%s\n", isOpen ? "opened" : library_error);
    }
    static char text[8] = "1234567";
    library handle = 0;
    int error = wasix_dlopen("libnone.so", 10, OPEN_NOW, text, 6, 0, 0, &handle);
    print("cut off: %s %s%s\n", wasix_errno_name(error), text, text + 6);
    show("no buffer", -wasix_dlopen("libnone.so", 10, OPEN_NOW, 0, 0, 0, 0, &handle) != 0);
    return 0;
}
