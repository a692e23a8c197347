/* portable_sockets.h on WASIX imports. */

enum { INET4 = WASIX_AF_INET4, INET6 = WASIX_AF_INET6, LOCAL = WASIX_AF_UNIX };
enum { STREAM = WASIX_SOCK_STREAM, DATAGRAM = WASIX_SOCK_DGRAM };
enum { DONT_WAIT = WASIX_MSG_DONTWAIT, PEEK = WASIX_MSG_PEEK, WAIT_ALL = WASIX_MSG_WAITALL };
enum { SHUTDOWN_BOTH = WASIX_SHUT_RD | WASIX_SHUT_WR };

typedef wasix_addr_port os_address;
typedef int os_option;

enum {
    option_reuse = WASIX_SO_REUSEADDR,
    option_keep_alive = WASIX_SO_KEEPALIVE,
    option_no_delay = WASIX_SO_NODELAY,
    option_only_v6 = WASIX_SO_ONLY_V6,
    option_broadcast = WASIX_SO_BROADCAST,
    option_loop4 = WASIX_SO_LOOP_V4,
    option_loop6 = WASIX_SO_LOOP_V6,
    option_listening = WASIX_SO_LISTENING,
    option_receive_buffer = WASIX_SO_RCVBUF,
    option_send_buffer = WASIX_SO_SNDBUF,
    option_ttl = WASIX_SO_TTL,
    option_multicast_ttl = WASIX_SO_MULTICAST_TTL,
    option_type = WASIX_SO_TYPE,
    option_protocol = WASIX_SO_PROTOCOL,
    option_receive_timeout = WASIX_SO_RCVTIMEO,
    option_send_timeout = WASIX_SO_SNDTIMEO,
};

/* The first granted directory with a slash behind it; empty when there is none. */
static const char *granted_directory(void) {
    static char name[108];
    wasix_size prestat[2];
    if (name[0] != 0 || wasix_fd_prestat_get(3, prestat) != 0 || prestat[1] > sizeof name - 2) return name;
    if (wasix_fd_prestat_dir_name(3, name, prestat[1]) != 0) return "";
    name[prestat[1]] = '/';
    return name;
}

static inline os_address os_inet4(int port) { return loopback(port); }
static inline os_address os_inet6(int port) {
    return (os_address){.tag = WASIX_AF_INET6, .port = (uint16_t)port, .octets6 = {[15] = 1}};
}
static inline os_address os_unix(const char *name) {
    os_address address = {.tag = WASIX_AF_UNIX};
    size_t prefix = strlen(granted_directory()), length = strlen(name);
    if (prefix + length > sizeof address.path - 1) length = sizeof address.path - 1 - prefix;
    memcpy(address.path, granted_directory(), prefix);
    memcpy(address.path + prefix, name, length);
    return address;
}
static inline os_address os_nowhere(void) { return (os_address){.tag = WASIX_AF_UNSPEC}; }
static inline int os_family(const os_address *address) { return address->tag; }
static inline int os_port(const os_address *address) { return address->port; }
static inline const char *os_path(const os_address *address) {
    size_t prefix = strlen(granted_directory());
    for (size_t i = 0; i < prefix; i++)
        if (address->path[i] != granted_directory()[i]) return address->path;
    return address->path + prefix;
}

static inline int os_socket(int family, int type) {
    int fd = -1;
    int error = wasix_sock_open((uint32_t)family, (uint32_t)type, 0, &fd);
    return (int)os_result(error, fd);
}
static inline int os_socketpair_of(int type, int ends[2]) {
    return (int)os_result(wasix_sock_pair(WASIX_AF_UNIX, (uint32_t)type, 0, &ends[0], &ends[1]), 0);
}
static inline int os_bind(int fd, os_address address) { return (int)os_result(wasix_sock_bind(fd, &address), 0); }
static inline int os_listen_on(int fd, int backlog) {
    return (int)os_result(wasix_sock_listen(fd, (wasix_size)backlog), 0);
}
static inline int os_connect_to(int fd, os_address address) {
    return (int)os_result(wasix_sock_connect(fd, &address), 0);
}
static inline int os_accept_from(int fd, os_address *peer) {
    int accepted = -1;
    int error = wasix_sock_accept(fd, 0, &accepted, peer);
    return (int)os_result(error, accepted);
}
static inline int os_local(int fd, os_address *address) {
    return (int)os_result(wasix_sock_addr_local(fd, address), 0);
}
static inline int os_peer(int fd, os_address *address) { return (int)os_result(wasix_sock_addr_peer(fd, address), 0); }

static inline uint32_t send_flags(int flags) { return (flags & DONT_WAIT) != 0 ? WASIX_SEND_DONTWAIT : 0; }

static inline long os_send(int fd, const void *buffer, size_t size, int flags) {
    wasix_iovec part = {(void *)buffer, size};
    wasix_size done = 0;
    int error = wasix_sock_send(fd, &part, 1, send_flags(flags), &done);
    return os_result(error, (long)done);
}
static inline long os_send_to(int fd, const void *buffer, size_t size, int flags, os_address to) {
    wasix_iovec part = {(void *)buffer, size};
    wasix_size done = 0;
    int error = wasix_sock_send_to(fd, &part, 1, send_flags(flags), &to, &done);
    return os_result(error, (long)done);
}
static inline long os_send_parts(int fd, const char *first, const char *second) {
    wasix_iovec parts[2] = {{(void *)first, strlen(first)}, {(void *)second, strlen(second)}};
    wasix_size done = 0;
    int error = wasix_sock_send(fd, parts, 2, 0, &done);
    return os_result(error, (long)done);
}
static inline long os_receive_from(int fd, void *buffer, size_t size, int flags, int *truncated, os_address *from) {
    wasix_iovec part = {buffer, size};
    wasix_size done = 0;
    uint16_t came = 0;
    memset(from, 0, sizeof *from);
    int error = wasix_sock_recv_from(fd, &part, 1, (uint32_t)flags, &done, &came, from);
    *truncated = (came & WASIX_RECEIVED_TRUNC) != 0;
    return os_result(error, (long)done);
}
static inline long os_receive(int fd, void *buffer, size_t size, int flags, int *truncated) {
    wasix_iovec part = {buffer, size};
    wasix_size done = 0;
    uint16_t came = 0;
    int error = wasix_sock_recv(fd, &part, 1, (uint32_t)flags, &done, &came);
    *truncated = (came & WASIX_RECEIVED_TRUNC) != 0;
    return os_result(error, (long)done);
}
static inline long os_send_file(int out, int in, uint64_t offset, uint64_t count) {
    uint64_t sent = 0;
    int error = wasix_sock_send_file(out, in, offset, count, &sent);
    return os_result(error, (long)sent);
}

static inline int os_set_flag(int fd, os_option option, int value) {
    return (int)os_result(wasix_sock_set_opt_flag(fd, (uint32_t)option, (uint32_t)value), 0);
}
static inline long os_get_flag(int fd, os_option option) {
    uint8_t value = 0;
    int error = wasix_sock_get_opt_flag(fd, (uint32_t)option, &value);
    return os_result(error, value);
}
static inline int os_set_size(int fd, os_option option, uint64_t value) {
    return (int)os_result(wasix_sock_set_opt_size(fd, (uint32_t)option, value), 0);
}
static inline long os_get_size(int fd, os_option option) {
    uint64_t value = 0;
    int error = wasix_sock_get_opt_size(fd, (uint32_t)option, &value);
    return os_result(error, (long)value);
}
static inline int os_set_time(int fd, os_option option, uint64_t nanoseconds) {
    wasix_option_timestamp time = {.tag = 1, .value = nanoseconds};
    return (int)os_result(wasix_sock_set_opt_time(fd, (uint32_t)option, &time), 0);
}

static inline int os_join4(int fd, int last) {
    uint8_t group[4] = {224, 0, 0, (uint8_t)last}, interface[4] = {127, 0, 0, 1};
    return (int)os_result(wasix_sock_join_multicast_v4(fd, group, interface), 0);
}
static inline int os_leave4(int fd, int last) {
    uint8_t group[4] = {224, 0, 0, (uint8_t)last}, interface[4] = {127, 0, 0, 1};
    return (int)os_result(wasix_sock_leave_multicast_v4(fd, group, interface), 0);
}
/* ff02::x in network order. */
static inline int os_join6(int fd, int last) {
    uint16_t group[12] = {0x02ff, [7] = (uint16_t)(last << 8)};
    return (int)os_result(wasix_sock_join_multicast_v6(fd, group, 1), 0);
}
static inline int os_leave6(int fd, int last) {
    uint16_t group[12] = {0x02ff, [7] = (uint16_t)(last << 8)};
    return (int)os_result(wasix_sock_leave_multicast_v6(fd, group, 1), 0);
}
