/* What posix.h declares, but for temporary.c. There are no permissions, users and processes. */
#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int chmod(const char *path, mode_t mode) { return 0; }
int fchmod(int fd, mode_t mode) { return 0; }
int chown(const char *path, uid_t owner, gid_t group) { return 0; }
int fchown(int fd, uid_t owner, gid_t group) { return 0; }
mode_t umask(mode_t mask) { return 022; }
uid_t getuid(void) { return 0; }
uid_t geteuid(void) { return 0; }
gid_t getgid(void) { return 0; }
gid_t getegid(void) { return 0; }

int system(const char *command) {
    if (command == NULL) return 0;
    errno = ENOSYS;
    return -1;
}

FILE *popen(const char *command, const char *mode) {
    errno = ENOSYS;
    return NULL;
}

int pclose(FILE *file) { return -1; }

int getrlimit(int resource, struct rlimit *limit) {
    limit->rlim_cur = limit->rlim_max = ~0ul;
    return 0;
}

int setrlimit(int resource, const struct rlimit *limit) { return 0; }

/* Of the C library's own one locale, not of any name. */
char *setlocale(int category, const char *name) {
    int known = name == NULL || *name == '\0' || strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0;
    return known ? "C" : NULL;
}
