/* wasm only. Looks names up and prints the errno and the number of addresses of each: lookup NAME... */
#include "../../assets/guests/runtime.h"

WASIX_IMPORT(resolve)
int lookup_resolve(const char *host, wasix_size length, uint32_t port, void *addresses, wasix_size room,
                   wasix_size *count);

int guest_main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        char addresses[48 * 18];
        wasix_size count = 0, length = 0;
        while (argv[i][length]) length++;
        int error = lookup_resolve(argv[i], length, 0, addresses, 48, &count);
        print("%s: %d %d\n", argv[i], error, (int)count);
    }
    return 0;
}
