/* A program of 2019: everything comes from wasi_unstable, whose layouts and numbers differ in places; wasm only.
 * Needs a directory to work in, with write access. */
#define WASI_NAMESPACE "wasi_unstable"
#include "../../assets/guests/wasix.h"

typedef struct {
    uint64_t dev, ino;
    uint8_t filetype;
    uint32_t nlink;
    uint64_t size, atim, mtim, ctim;
} old_filestat;

typedef struct {
    uint64_t userdata;
    uint8_t tag;
    union {
        struct {
            uint64_t identifier;
            uint32_t id;
            uint64_t timeout, precision;
            uint16_t flags;
        } clock;
        uint32_t fd;
    };
} old_subscription;

_Static_assert(sizeof(old_filestat) == 56 && offsetof(old_filestat, size) == 24, "filestat");
_Static_assert(sizeof(old_subscription) == 56 && offsetof(old_subscription, clock.timeout) == 32, "subscription");

enum { OLD_SEEK_CUR, OLD_SEEK_END, OLD_SEEK_SET };
enum { RIGHTS = WASIX_RIGHT_READ | WASIX_RIGHT_WRITE | WASIX_RIGHT_POLL | 1 << 2 | 1 << 5 | 1 << 21 };

WASI_IMPORT(fd_seek) int old_fd_seek(int fd, int64_t offset, uint32_t whence, uint64_t *position);
WASI_IMPORT(fd_filestat_get) int old_fd_filestat_get(int fd, old_filestat *status);
WASI_IMPORT(path_filestat_get)
int old_path_filestat_get(int fd, uint32_t lookup, const char *path, wasix_size length, old_filestat *status);
WASI_IMPORT(poll_oneoff)
int old_poll_oneoff(const old_subscription *in, wasix_event *out, wasix_size count, wasix_size *done);
WASI_IMPORT(fd_renumber) int old_fd_renumber(int from, int to);

/* `what: number` and a new line. */
static void tell(const char *what, uint64_t number) {
    char line[64];
    wasix_size used = 0, done;
    while (what[used]) line[used] = what[used], used++;
    line[used++] = ':', line[used++] = ' ';
    uint64_t scale = 1;
    while (number / scale >= 10) scale *= 10;
    for (; scale > 0; scale /= 10) line[used++] = (char)('0' + number / scale % 10);
    line[used++] = '\n';
    wasix_iovec part = {line, used};
    wasix_fd_write(1, &part, 1, &done);
}

static void seek(const char *what, int fd, int64_t offset, uint32_t whence) {
    uint64_t position = 0;
    int error = old_fd_seek(fd, offset, whence, &position);
    tell(what, error ? 1000 + (uint64_t)error : position);
}

static void status(const char *what, int error, const old_filestat *status) {
    tell(what, (uint64_t)error);
    tell("  type", status->filetype);
    tell("  links", status->nlink);
    tell("  size", status->size);
    /* In this century, and not those of another field. */
    tell("  modified", status->mtim > 1000000000000000000 && status->mtim <= status->ctim);
}

__attribute__((export_name("_start"))) void _start(void) {
    int fd = -1;
    wasix_size done = 0;
    tell("open", (uint64_t)wasix_path_open(3, 1, "old.tmp", 7, WASIX_O_CREAT | WASIX_O_TRUNC, RIGHTS, 0, 0, &fd));
    wasix_iovec part = {"0123456789", 10};
    tell("write", (uint64_t)wasix_fd_write(fd, &part, 1, &done));

    seek("seek to 3", fd, 3, OLD_SEEK_SET);
    seek("seek by 2", fd, 2, OLD_SEEK_CUR);
    seek("seek to the end less 1", fd, -1, OLD_SEEK_END);
    seek("seek before the start", fd, -1, OLD_SEEK_SET);
    seek("seek by nothing known", fd, 0, 3);

    old_filestat here;
    status("the descriptor's status", old_fd_filestat_get(fd, &here), &here);
    status("the path's status", old_path_filestat_get(3, 1, "old.tmp", 7, &here), &here);

    old_subscription wanted[3] = {{.userdata = 7, .tag = WASIX_EVENT_CLOCK}, {.userdata = 8, .tag = WASIX_EVENT_FD_READ},
                                  {.userdata = 9, .tag = WASIX_EVENT_CLOCK}};
    wanted[0].clock.id = WASIX_CLOCK_MONOTONIC, wanted[0].clock.timeout = 3600ull * 1000000000;
    wanted[1].fd = (uint32_t)fd;
    wanted[2].clock.id = WASIX_CLOCK_REALTIME, wanted[2].clock.timeout = 5, wanted[2].clock.flags = WASIX_CLOCK_ABSTIME;
    wasix_event events[3];
    tell("poll", (uint64_t)old_poll_oneoff(wanted, events, 3, &done));
    tell("  events", done);
    for (wasix_size i = 0; i < done; i++) {
        tell("  userdata", events[i].userdata);
        tell("  bytes", events[i].nbytes);
    }

    /* A module of that age moves the descriptor, and what it moves onto must be open. */
    tell("renumber onto nothing", (uint64_t)old_fd_renumber(fd, 50));
    tell("renumber", (uint64_t)old_fd_renumber(fd, 3));
    tell("the old number", (uint64_t)old_fd_filestat_get(fd, &here));
    status("the new number", old_fd_filestat_get(3, &here), &here);
}
