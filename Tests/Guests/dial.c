/* wasm only. Connects to 127.0.0.1 at a port and prints how that went: dial PORT */
#include "../../assets/guests/runtime.h"

int guest_main(int argc, char **argv) {
    wasix_addr_port address = {0};
    uint8_t *bytes = (uint8_t *)&address;
    int fd = -1, port = argc > 1 ? (int)parse_number(argv[1]) : 0;
    bytes[0] = WASIX_AF_INET4, bytes[2] = (uint8_t)port, bytes[3] = (uint8_t)(port >> 8);
    bytes[4] = 127, bytes[7] = 1;
    int error = wasix_sock_open(WASIX_AF_INET4, WASIX_SOCK_STREAM, 0, &fd);
    if (error == 0) error = wasix_sock_connect(fd, &address);
    print("%d\n", error);
    return error;
}
