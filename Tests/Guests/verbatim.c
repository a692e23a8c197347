/* What the guest was given, byte by byte; wasm only. Prints its arguments, its environment, and for each directory its
 * name and whether there is a file "here" in it, then what standard input holds. Bytes that are no ASCII as \xNN. */
#include "../../assets/guests/runtime.h"

WASI_IMPORT(environ_sizes_get) int wasix_environ_sizes_get(wasix_size *count, wasix_size *size);
WASI_IMPORT(environ_get) int wasix_environ_get(char **variables, char *buffer);

static void show(const char *what, const char *bytes, size_t count) {
    print("%s ", what);
    for (size_t i = 0; i < count; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte >= 0x20 && byte < 0x7f) print("%c", byte);
        else print("\\x%02x", byte);
    }
    print("\n");
}

int guest_main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) show("argument", argv[i], strlen(argv[i]));
    wasix_size count = 0, size = 0, got = 0;
    wasix_environ_sizes_get(&count, &size);
    char **variables = allocate((count + 1) * sizeof *variables);
    wasix_environ_get(variables, allocate(size));
    for (wasix_size i = 0; i < count; i++) show("variable", variables[i], strlen(variables[i]));
    for (int fd = 3;; fd++) {
        wasix_size prestat[2];
        char name[1024];
        int file = -1;
        if (wasix_fd_prestat_get(fd, prestat) != 0) break;
        wasix_fd_prestat_dir_name(fd, name, prestat[1]);
        if (name[0] == '/') continue; /* nobody asked for that one */
        show("directory", name, prestat[1]);
        print("  here: %s\n", wasix_errno_name(wasix_path_open(fd, 1, "here", 4, 0, 2, 0, 0, &file)));
    }
    char input[256];
    wasix_iovec part = {input, sizeof input};
    if (wasix_fd_read(0, &part, 1, &got) == 0 && got > 0) show("input", input, got);
    return 0;
}
