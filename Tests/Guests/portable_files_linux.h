/* portable_files.h on Linux calls. */

#include <sys/stat.h>
#include <sys/syscall.h>

static int host_at(int at) { return at == CURRENT ? AT_FDCWD : at; }

static inline int file_open(int at, const char *path, unsigned flags) {
    int host = flags & MAY_WRITE ? (flags & MAY_READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (flags & CREATE) host |= O_CREAT;
    if (flags & EXCLUSIVE) host |= O_EXCL;
    if (flags & TRUNCATE) host |= O_TRUNC;
    if (flags & DIRECTORY) host |= O_DIRECTORY;
    if (flags & NO_FOLLOW) host |= O_NOFOLLOW;
    if (flags & APPEND) host |= O_APPEND;
    if (flags & NONBLOCKING) host |= O_NONBLOCK;
    if (flags & CLOSE_ON_EXEC) host |= O_CLOEXEC;
    if (flags & SYNCHRONOUS) host |= O_SYNC;
    return (int)os_result(openat(host_at(at), path, host, 0666));
}

static inline long file_pread(int fd, void *buffer, size_t size, uint64_t offset) {
    return os_result(pread(fd, buffer, size, (off_t)offset));
}
static inline long file_pwrite(int fd, const void *buffer, size_t size, uint64_t offset) {
    return os_result(pwrite(fd, buffer, size, (off_t)offset));
}
static inline long long file_seek(int fd, int64_t offset, int origin) {
    static const int whence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    return os_result(lseek(fd, offset, whence[origin]));
}
static inline int file_truncate(int fd, int64_t size) { return (int)os_result(ftruncate(fd, size)); }
static inline int file_allocate(int fd, int64_t offset, int64_t size) {
    return (int)os_result(syscall(SYS_fallocate, fd, 0, offset, size));
}

static uint64_t nanoseconds_of(struct timespec time) {
    return time.tv_sec < 0 ? 0 : (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
static char type_letter(mode_t mode) {
    return S_ISDIR(mode) ? 'd' : S_ISREG(mode) ? 'f' : S_ISLNK(mode) ? 'l' : S_ISCHR(mode) ? 'c' : '?';
}
static int status_of(int answer, const struct stat *from, file_status *to) {
    *to = (file_status){type_letter(from->st_mode), from->st_nlink, (uint64_t)from->st_size,
                        nanoseconds_of(from->st_atim), nanoseconds_of(from->st_mtim)};
    return (int)os_result(answer);
}
static inline int file_stat(int at, const char *path, int follow, file_status *status) {
    struct stat found = {0};
    int answer = fstatat(host_at(at), path, &found, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    return status_of(answer, &found, status);
}
static inline int file_fstat(int fd, file_status *status) {
    struct stat found = {0};
    int answer = fstat(fd, &found);
    return status_of(answer, &found, status);
}

/* WASI refuses a time that is given and now at once; Linux cannot even be asked. */
static int host_times(uint64_t access, uint64_t modify, int flags, struct timespec times[2]) {
    if ((flags & (SET_ACCESS | ACCESS_NOW)) == (SET_ACCESS | ACCESS_NOW) ||
        (flags & (SET_MODIFY | MODIFY_NOW)) == (SET_MODIFY | MODIFY_NOW)) {
        errno = EINVAL;
        return -1;
    }
    times[0] = (struct timespec){(time_t)(access / 1000000000u), (long)(access % 1000000000u)};
    times[1] = (struct timespec){(time_t)(modify / 1000000000u), (long)(modify % 1000000000u)};
    if (!(flags & SET_ACCESS)) times[0].tv_nsec = flags & ACCESS_NOW ? UTIME_NOW : UTIME_OMIT;
    if (!(flags & SET_MODIFY)) times[1].tv_nsec = flags & MODIFY_NOW ? UTIME_NOW : UTIME_OMIT;
    return 0;
}
static inline int file_set_times(int at, const char *path, int follow, uint64_t access, uint64_t modify, int flags) {
    struct timespec times[2];
    if (host_times(access, modify, flags, times) < 0) return (int)os_result(-1);
    return (int)os_result(utimensat(host_at(at), path, times, follow ? 0 : AT_SYMLINK_NOFOLLOW));
}
static inline int file_fset_times(int fd, uint64_t access, uint64_t modify, int flags) {
    struct timespec times[2];
    if (host_times(access, modify, flags, times) < 0) return (int)os_result(-1);
    return (int)os_result(futimens(fd, times));
}

static inline int file_mkdir(int at, const char *path) { return (int)os_result(mkdirat(host_at(at), path, 0777)); }
static inline int file_rmdir(int at, const char *path) {
    return (int)os_result(unlinkat(host_at(at), path, AT_REMOVEDIR));
}
static inline int file_unlink(int at, const char *path) { return (int)os_result(unlinkat(host_at(at), path, 0)); }
static inline int file_rename(int at, const char *path, int new_at, const char *new_path) {
    return (int)os_result(renameat(host_at(at), path, host_at(new_at), new_path));
}
static inline int file_link(int at, const char *path, int new_at, const char *new_path) {
    return (int)os_result(linkat(host_at(at), path, host_at(new_at), new_path, 0));
}
static inline int file_symlink(const char *text, int at, const char *path) {
    return (int)os_result(symlinkat(text, host_at(at), path));
}
static inline long file_readlink(int at, const char *path, char *buffer, size_t size) {
    return os_result(readlinkat(host_at(at), path, buffer, size));
}

static inline int file_list(int fd, uint64_t after, file_entry *entries, int most) {
    struct host_entry {
        uint64_t inode;
        int64_t next;
        unsigned short length;
        unsigned char type;
        char name[];
    };
    static _Alignas(8) char buffer[512];
    /* Through a stream of its own: a directory's offset means nothing in WASI. */
    int stream = openat(fd, ".", O_RDONLY | O_DIRECTORY);
    if (stream < 0) return (int)os_result(-1);
    lseek(stream, (off_t)after, SEEK_SET);
    long used = os_result(syscall(SYS_getdents64, stream, buffer, sizeof buffer)), position = 0;
    int count = 0;
    close(stream);
    if (used < 0) return -1;
    while (count < most && position < used) {
        struct host_entry *from = (struct host_entry *)(buffer + position);
        file_entry *entry = &entries[count++];
        entry->next = (uint64_t)from->next;
        entry->type = type_letter((mode_t)from->type << 12);
        strcpy(entry->name, from->name);
        position += from->length;
    }
    return count;
}

static inline int file_sync(int fd, int data) { return (int)os_result(data ? fdatasync(fd) : fsync(fd)); }
static inline int file_advise(int fd, int64_t offset, int64_t size, int advice) {
    errno = posix_fadvise(fd, offset, size, advice);
    return (int)os_result(errno == 0 ? 0 : -1);
}
static inline int file_flags(int fd) {
    int host = fcntl(fd, F_GETFL), flags = 0;
    if (host < 0) return (int)os_result(-1);
    struct stat found = {0};
    fstat(fd, &found);
    if (S_ISDIR(found.st_mode)) return DIRECTORY | (host & O_APPEND ? APPEND : 0) | (host & O_NONBLOCK ? NONBLOCKING : 0);
    if ((host & O_ACCMODE) != O_WRONLY) flags |= MAY_READ;
    if ((host & O_ACCMODE) != O_RDONLY) flags |= MAY_WRITE;
    if (host & O_APPEND) flags |= APPEND;
    if (host & O_NONBLOCK) flags |= NONBLOCKING;
    return flags;
}
static inline int file_set_flags(int fd, unsigned flags) {
    return (int)os_result(
        fcntl(fd, F_SETFL, (flags & APPEND ? O_APPEND : 0) | (flags & NONBLOCKING ? O_NONBLOCK : 0)));
}
static inline int file_close_on_exec(int fd) { return (int)os_result(fcntl(fd, F_GETFD)); }
static inline int file_set_close_on_exec(int fd, int on) { return (int)os_result(fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0)); }
static inline int file_dup_from(int fd, int least, int close_on_exec) {
    return (int)os_result(fcntl(fd, close_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD, least));
}
static inline int file_dup_onto(int fd, int onto) { return (int)os_result(dup2(fd, onto)); }
static inline int file_chdir(const char *path) { return (int)os_result(chdir(path)); }
static inline int file_getcwd(char *buffer, size_t size) { return (int)os_result(getcwd(buffer, size) == NULL ? -1 : 0); }
static inline void file_base(char *buffer, size_t size) {
    if (getcwd(buffer, size) == NULL) buffer[0] = 0;
}
