/* Reads lines and prints them in capitals, until the end of its input. */
#include "portable.h"

int guest_main(int argc, char **argv) {
    char bytes[256];
    long count;
    (void)argc, (void)argv;
    while ((count = os_read(0, bytes, sizeof bytes)) > 0) {
        for (long i = 0; i < count; i++)
            if (bytes[i] >= 'a' && bytes[i] <= 'z') bytes[i] -= 'a' - 'A';
        os_write(1, bytes, (size_t)count);
    }
    return count < 0;
}
