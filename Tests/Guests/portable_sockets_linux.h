/* portable_sockets.h on Linux calls. */
#include <net/if.h>
#include <stddef.h>
#include <sys/sendfile.h>
#include <sys/un.h>

enum { INET4 = AF_INET, INET6 = AF_INET6, LOCAL = AF_UNIX };
enum { STREAM = SOCK_STREAM, DATAGRAM = SOCK_DGRAM };
enum { DONT_WAIT = MSG_DONTWAIT, PEEK = MSG_PEEK, WAIT_ALL = MSG_WAITALL };
enum { SHUTDOWN_BOTH = SHUT_RDWR };

typedef struct {
    union {
        struct sockaddr base;
        struct sockaddr_in inet4;
        struct sockaddr_in6 inet6;
        struct sockaddr_un local;
    };
    socklen_t size;
} os_address;

typedef struct {
    int level, name;
} os_option;

static const os_option option_reuse = {SOL_SOCKET, SO_REUSEADDR}, option_keep_alive = {SOL_SOCKET, SO_KEEPALIVE},
                       option_no_delay = {IPPROTO_TCP, TCP_NODELAY}, option_only_v6 = {IPPROTO_IPV6, IPV6_V6ONLY},
                       option_broadcast = {SOL_SOCKET, SO_BROADCAST}, option_loop4 = {IPPROTO_IP, IP_MULTICAST_LOOP},
                       option_loop6 = {IPPROTO_IPV6, IPV6_MULTICAST_LOOP}, option_listening = {SOL_SOCKET, SO_ACCEPTCONN},
                       option_receive_buffer = {SOL_SOCKET, SO_RCVBUF}, option_send_buffer = {SOL_SOCKET, SO_SNDBUF},
                       option_ttl = {IPPROTO_IP, IP_TTL}, option_multicast_ttl = {IPPROTO_IP, IP_MULTICAST_TTL},
                       option_type = {SOL_SOCKET, SO_TYPE}, option_protocol = {SOL_SOCKET, SO_PROTOCOL},
                       option_receive_timeout = {SOL_SOCKET, SO_RCVTIMEO}, option_send_timeout = {SOL_SOCKET, SO_SNDTIMEO};

static inline os_address os_inet4(int port) {
    return (os_address){.inet4 = loopback(port), .size = sizeof(struct sockaddr_in)};
}
static inline os_address os_inet6(int port) {
    struct sockaddr_in6 inet6 = {
        .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return (os_address){.inet6 = inet6, .size = sizeof inet6};
}
static inline os_address os_unix(const char *name) {
    os_address address = {.local.sun_family = AF_UNIX, .size = sizeof(struct sockaddr_un)};
    strncpy(address.local.sun_path, name, sizeof address.local.sun_path - 1);
    return address;
}
static inline os_address os_nowhere(void) {
    return (os_address){.base.sa_family = AF_UNSPEC, .size = sizeof(struct sockaddr)};
}
static inline int os_family(const os_address *address) { return address->size < 2 ? 0 : address->base.sa_family; }
static inline int os_port(const os_address *address) {
    return ntohs(address->base.sa_family == AF_INET ? address->inet4.sin_port : address->inet6.sin6_port);
}
static inline const char *os_path(const os_address *address) {
    return address->size <= offsetof(struct sockaddr_un, sun_path) ? "" : address->local.sun_path;
}

static inline int os_socket(int family, int type) { return (int)os_result(socket(family, type, 0)); }
static inline int os_socketpair_of(int type, int ends[2]) { return (int)os_result(socketpair(AF_UNIX, type, 0, ends)); }
static inline int os_bind(int fd, os_address address) { return (int)os_result(bind(fd, &address.base, address.size)); }
static inline int os_listen_on(int fd, int backlog) { return (int)os_result(listen(fd, backlog)); }
static inline int os_connect_to(int fd, os_address address) {
    return (int)os_result(connect(fd, &address.base, address.size));
}
static inline int os_accept_from(int fd, os_address *peer) {
    memset(peer, 0, sizeof *peer);
    peer->size = offsetof(os_address, size);
    return (int)os_result(accept(fd, &peer->base, &peer->size));
}
static inline int os_local(int fd, os_address *address) {
    memset(address, 0, sizeof *address);
    address->size = offsetof(os_address, size);
    return (int)os_result(getsockname(fd, &address->base, &address->size));
}
static inline int os_peer(int fd, os_address *address) {
    memset(address, 0, sizeof *address);
    address->size = offsetof(os_address, size);
    return (int)os_result(getpeername(fd, &address->base, &address->size));
}

static inline long os_send(int fd, const void *buffer, size_t size, int flags) {
    return os_result(send(fd, buffer, size, flags | MSG_NOSIGNAL));
}
static inline long os_send_to(int fd, const void *buffer, size_t size, int flags, os_address to) {
    return os_result(sendto(fd, buffer, size, flags | MSG_NOSIGNAL, &to.base, to.size));
}
static inline long os_send_parts(int fd, const char *first, const char *second) {
    struct iovec parts[2] = {{(void *)first, strlen(first)}, {(void *)second, strlen(second)}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    return os_result(sendmsg(fd, &message, MSG_NOSIGNAL));
}
static inline long os_receive_from(int fd, void *buffer, size_t size, int flags, int *truncated, os_address *from) {
    struct iovec part = {buffer, size};
    memset(from, 0, sizeof *from);
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_name = &from->base, .msg_namelen = offsetof(os_address, size)};
    long count = os_result(recvmsg(fd, &message, flags));
    *truncated = (message.msg_flags & MSG_TRUNC) != 0;
    from->size = message.msg_namelen;
    return count;
}
static inline long os_receive(int fd, void *buffer, size_t size, int flags, int *truncated) {
    os_address from;
    return os_receive_from(fd, buffer, size, flags, truncated, &from);
}
static inline long os_send_file(int out, int in, uint64_t offset, uint64_t count) {
    off_t position = (off_t)offset;
    return os_result(sendfile(out, in, &position, count));
}

static inline int os_set_size(int fd, os_option option, uint64_t value) {
    int number = (int)value;
    return (int)os_result(setsockopt(fd, option.level, option.name, &number, sizeof number));
}
static inline int os_set_flag(int fd, os_option option, int value) { return os_set_size(fd, option, (uint64_t)value); }
static inline long os_get_size(int fd, os_option option) {
    int number = 0;
    socklen_t size = sizeof number;
    long failure = os_result(getsockopt(fd, option.level, option.name, &number, &size));
    return failure < 0 ? failure : number;
}
static inline long os_get_flag(int fd, os_option option) {
    long value = os_get_size(fd, option);
    return value > 0 ? 1 : value;
}
static inline int os_set_time(int fd, os_option option, uint64_t nanoseconds) {
    struct timeval time = {(time_t)(nanoseconds / 1000000000u), (suseconds_t)(nanoseconds % 1000000000u / 1000)};
    return (int)os_result(setsockopt(fd, option.level, option.name, &time, sizeof time));
}

static inline int os_membership4(int fd, int name, int last) {
    struct ip_mreq request = {{htonl(0xe0000000u | (unsigned)last)}, {htonl(INADDR_LOOPBACK)}};
    return (int)os_result(setsockopt(fd, IPPROTO_IP, name, &request, sizeof request));
}
static inline int os_join4(int fd, int last) { return os_membership4(fd, IP_ADD_MEMBERSHIP, last); }
static inline int os_leave4(int fd, int last) { return os_membership4(fd, IP_DROP_MEMBERSHIP, last); }
static inline int os_membership6(int fd, int name, int last) {
    struct ipv6_mreq request = {.ipv6mr_multiaddr.s6_addr = {0xff, 2, [15] = (uint8_t)last}, .ipv6mr_interface = 1};
    return (int)os_result(setsockopt(fd, IPPROTO_IPV6, name, &request, sizeof request));
}
static inline int os_join6(int fd, int last) { return os_membership6(fd, IPV6_JOIN_GROUP, last); }
static inline int os_leave6(int fd, int last) { return os_membership6(fd, IPV6_LEAVE_GROUP, last); }
