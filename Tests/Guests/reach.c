/* wasm only. Tries to use the network in every way there is: reach PORT
 *
 * PORT is a port of the host's loopback that nothing of this guest may reach. One line an attempt: what, and the errno.
 * What opens nothing and changes nothing (taking a connection back, an option) is not printed. */
#include "../../assets/guests/runtime.h"

WASIX_IMPORT(sock_send_to)
int reach_send_to(int fd, const wasix_iovec *iovs, uint32_t count, uint32_t flags, const wasix_addr_port *to,
                  uint32_t *done);
WASIX_IMPORT(sock_join_multicast_v4) int reach_join4(int fd, const uint8_t *group, const uint8_t *interface);
WASIX_IMPORT(sock_join_multicast_v6) int reach_join6(int fd, const uint8_t *group, uint32_t interface);
WASIX_IMPORT(resolve)
int reach_resolve(const char *host, uint32_t length, uint32_t port, void *addresses, uint32_t room, uint32_t *count);
WASIX_IMPORT(port_dhcp_acquire) int reach_dhcp(void);

enum { INET4 = 1, INET6 = 2, UNIX = 3, STREAM = 1, DATAGRAM = 2, RAW = 3, SEQPACKET = 4 };

static uint8_t address[110];

/* Makes `address` what it is called: octets of either family, or a path. */
static const wasix_addr_port *inet(int family, int port, const uint8_t *octets) {
    memset(address, 0, sizeof address);
    address[0] = (uint8_t)family;
    address[2] = (uint8_t)port, address[3] = (uint8_t)(port >> 8);
    memcpy(address + 4, octets, family == INET4 ? 4 : 16);
    return (const wasix_addr_port *)address;
}

static const wasix_addr_port *path(const char *text) {
    memset(address, 0, sizeof address);
    address[0] = UNIX;
    for (int i = 0; text[i]; i++) address[2 + i] = (uint8_t)text[i];
    return (const wasix_addr_port *)address;
}

static const wasix_addr_port *nowhere(void) {
    memset(address, 0, sizeof address);
    return (const wasix_addr_port *)address;
}

static const uint8_t loopback4[4] = {127, 0, 0, 1}, any4[4], other4[4] = {192, 0, 2, 1}, group4[4] = {224, 0, 0, 251};
static const uint8_t loopback6[16] = {[15] = 1}, any6[16], group6[16] = {0xff, 2, [15] = 0xfb};
static const uint8_t mapped[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
static const uint8_t mapped_any[16] = {[10] = 0xff, 0xff};

static void tell(const char *kind, const char *what, int error) { print("%s %s: %d\n", kind, what, error); }

static int send_to(int fd, const wasix_addr_port *to) {
    uint32_t done = 0;
    wasix_iovec data = {"x", 1};
    return reach_send_to(fd, &data, 1, 0, to, &done);
}

static void over_inet(const char *kind, int fd, int family, int port) {
    const uint8_t *self = family == INET4 ? loopback4 : loopback6, *any = family == INET4 ? any4 : any6;
    tell(kind, "listen", wasix_sock_listen(fd, 1));
    tell(kind, "bind", wasix_sock_bind(fd, inet(family, port, self)));
    tell(kind, "bind any address", wasix_sock_bind(fd, inet(family, 0, any)));
    tell(kind, "connect", wasix_sock_connect(fd, inet(family, port, self)));
    tell(kind, "connect any address", wasix_sock_connect(fd, inet(family, port, any)));
    if (family == INET4) tell(kind, "connect elsewhere", wasix_sock_connect(fd, inet(family, port, other4)));
    wasix_sock_connect(fd, nowhere());
    tell(kind, "connect again", wasix_sock_connect(fd, inet(family, port, self)));
    if (family == INET6) {
        tell(kind, "bind mapped", wasix_sock_bind(fd, inet(family, port, mapped)));
        tell(kind, "connect mapped", wasix_sock_connect(fd, inet(family, port, mapped)));
        tell(kind, "connect mapped any address", wasix_sock_connect(fd, inet(family, port, mapped_any)));
        tell(kind, "send to mapped", send_to(fd, inet(family, port, mapped)));
        tell(kind, "join", reach_join6(fd, group6, 0));
    } else {
        tell(kind, "join", reach_join4(fd, group4, any4));
    }
    tell(kind, "send to", send_to(fd, inet(family, port, self)));
    tell(kind, "send to any address", send_to(fd, inet(family, port, any)));
}

static void over_unix(const char *kind, int fd) {
    tell(kind, "bind", wasix_sock_bind(fd, path("/tmp/reach.sock")));
    tell(kind, "connect", wasix_sock_connect(fd, path("/run/docker.sock")));
    tell(kind, "send to", send_to(fd, path("/run/systemd/journal/socket")));
}

static void attempt(const char *kind, int family, int type, int port) {
    int fd = -1, error = wasix_sock_open((uint32_t)family, (uint32_t)type, 0, &fd);
    tell(kind, "open", error);
    if (error) return;
    if (family == UNIX) over_unix(kind, fd);
    else over_inet(kind, fd, family, port);
    wasix_fd_close(fd);
}

int guest_main(int argc, char **argv) {
    int port = argc > 1 ? (int)parse_number(argv[1]) : 9;
    attempt("tcp4", INET4, STREAM, port), attempt("tcp6", INET6, STREAM, port);
    attempt("udp4", INET4, DATAGRAM, port), attempt("udp6", INET6, DATAGRAM, port);
    attempt("unix", UNIX, STREAM, port), attempt("unix-dgram", UNIX, DATAGRAM, port);
    attempt("raw", INET4, RAW, port), attempt("seqpacket", INET4, SEQPACKET, port);

    /* Sockets that need no network must not lead into one. */
    int ends[2], error = wasix_sock_pair(UNIX, STREAM, 0, &ends[0], &ends[1]);
    if (error == 0) {
        tell("pair", "bind", wasix_sock_bind(ends[0], inet(INET4, port, loopback4)));
        tell("pair", "listen", wasix_sock_listen(ends[0], 1));
        tell("pair", "connect", wasix_sock_connect(ends[0], inet(INET4, port, loopback4)));
        tell("pair", "join", reach_join4(ends[0], group4, any4));
    }
    for (int fd = 0; fd < 3; fd++) tell("stdio", "connect", wasix_sock_connect(fd, inet(INET4, port, loopback4)));

    char addresses[4 * 18];
    uint32_t count = 0;
    tell("name", "resolve", reach_resolve("example.com", 11, 0, addresses, 4, &count));
    tell("network", "configure", reach_dhcp());
    return 0;
}
