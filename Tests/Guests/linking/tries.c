/* wasm only: opens the libraries that it is told to, and prints what comes of it: tries [--again COUNT FOLDER] LIBRARY...
 * Then it tries them all COUNT times more, which must leave nothing of the host's behind: FOLDER is what /proc/self is. */
#include "../remains.h"
#include "linking.h"

static void try_all(char **names) {
    for (; *names; names++) library_open(*names, OPEN_NOW);
}

int guest_main(int argc, char **argv) {
    (void)argc;
    reserve_heap();
    long again = 0;
    if (argv[1] && strcmp(argv[1], "--again") == 0 && argv[2] && argv[3]) {
        again = number_behind(argv[2], "");
        remains_folder = argv[3];
        argv += 3;
    }
    for (char **name = argv + 1; *name; name++) {
        library_error[0] = 0;
        int isOpen = library_open(*name, OPEN_NOW) != 0;
        print("%s\n", isOpen ? "opened" : library_error);
    }
    if (again > 0) {
        try_all(argv + 1);
        remains before = look_at_rest();
        wasix_size pages = __builtin_wasm_memory_size(0);
        while (again-- > 0) try_all(argv + 1);
        expect_nothing_left("tried again", before);
        show("pages more", __builtin_wasm_memory_size(0) - pages);
        return 0;
    }
    static char text[8] = "1234567";
    library handle = 0;
    int error = wasix_dlopen("libnone.so", 10, OPEN_NOW, text, 6, 0, 0, &handle);
    print("cut off: %s %s%s\n", wasix_errno_name(error), text, text + 6);
    show("no buffer", -wasix_dlopen("libnone.so", 10, OPEN_NOW, 0, 0, 0, 0, &handle) != 0);
    return 0;
}
