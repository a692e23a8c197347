#include "CLinux.h"
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/stat.h>

// Asks the kernel's socket diagnosis (sock_diag(7)), by inode: ioctls tell nothing of a listener's queue.
static ssize_t ask(int netlink, uint32_t inode, void *answer, size_t size) {
    struct {
        struct nlmsghdr header;
        struct unix_diag_req request;
    } message = {
        .header = {.nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .request = {.sdiag_family = AF_UNIX, .udiag_states = UINT32_MAX, .udiag_ino = inode,
                    .udiag_show = UDIAG_SHOW_RQLEN, .udiag_cookie = {UINT32_MAX, UINT32_MAX}},
    };
    if (send(netlink, &message, sizeof message, MSG_DONTWAIT) < 0) return -1;
    return recv(netlink, answer, size, MSG_DONTWAIT);
}

bool cl_unix_accept_queue(int fd, uint32_t *waiting, uint32_t *backlog) {
    struct stat status;
    if (fstat(fd, &status) < 0) return false;
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) return false;
    _Alignas(struct nlmsghdr) char answer[512];
    ssize_t size = ask(netlink, (uint32_t)status.st_ino, answer, sizeof answer);
    close(netlink);
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    if (size < 0 || !NLMSG_OK(header, (size_t)size) || header->nlmsg_type != SOCK_DIAG_BY_FAMILY) return false;
    struct nlattr *attribute = (struct nlattr *)((char *)NLMSG_DATA(header) + NLMSG_ALIGN(sizeof(struct unix_diag_msg)));
    char *end = answer + header->nlmsg_len;
    while ((char *)attribute + sizeof *attribute <= end && attribute->nla_len >= sizeof *attribute) {
        if (attribute->nla_type == UNIX_DIAG_RQLEN) {
            struct unix_diag_rqlen *lengths = (struct unix_diag_rqlen *)((char *)attribute + NLA_HDRLEN);
            *waiting = lengths->udiag_rqueue;
            *backlog = lengths->udiag_wqueue;
            return true;
        }
        attribute = (struct nlattr *)((char *)attribute + NLA_ALIGN(attribute->nla_len));
    }
    return false;
}
