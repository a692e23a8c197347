/* Temporary files: those without a name lie in the working directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
