/* What posix.h declares. There are no permissions, users and processes; temporary files lie in the working directory. */
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

int mkstemp(char *template) {
    char *end = template + strlen(template) - 6;
    for (int attempt = 0; attempt < 100; attempt++) {
        unsigned char random[6];
        if (getentropy(random, sizeof random) != 0) return -1;
        for (int i = 0; i < 6; i++) end[i] = (char)('a' + random[i] % 26);
        int fd = open(template, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

char *tmpnam(char *buffer) {
    static char own[] = "tmp-XXXXXX";
    char *name = strcpy(buffer ? buffer : own, "tmp-XXXXXX");
    int fd = mkstemp(name);
    if (fd < 0) return NULL;
    close(fd);
    return name;
}

FILE *tmpfile(void) {
    char name[] = "tmp-XXXXXX";
    int fd = mkstemp(name);
    if (fd < 0) return NULL;
    unlink(name);
    return fdopen(fd, "w+");
}

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
