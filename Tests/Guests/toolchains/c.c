/* A program for a C library: arguments, environment, files, clocks, exit status. Its output is the same everywhere.
 * Usage: c STATUS [WORD...], in a directory it may write to, with GREETING in the environment */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void arguments(int argc, char **argv) {
    printf("%d arguments:", argc - 1);
    for (int i = 1; i < argc; i++) printf(" '%s'", argv[i]);
    const char *greeting = getenv("GREETING"), *missing = getenv("NOT_THERE");
    printf("\ngreeting: %s, other: %s\n", greeting ? greeting : "none", missing ? missing : "none");
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path) {
    char *names[64];
    size_t count = 0;
    DIR *directory = opendir(path);
    if (directory == NULL) return (void)printf("opendir: %s\n", strerror(errno));
    for (struct dirent *entry; count < 64 && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
    closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    printf("%s holds %zu:", path, count);
    for (size_t i = 0; i < count; i++) printf(" %s", names[i]), free(names[i]);
    printf("\n");
}

static void files(void) {
    char line[64];
    struct stat status;
    printf("mkdir: %d\n", mkdir("tree", 0755));
    printf("again: %s\n", mkdir("tree", 0755) < 0 ? strerror(errno) : "made");
    FILE *file = fopen("tree/numbers.txt", "w+");
    if (file == NULL) return (void)printf("fopen: %s\n", strerror(errno));
    for (int i = 0; i < 1000; i++) fprintf(file, "line %d\n", i);
    fseek(file, 0, SEEK_SET);
    long sum = 0;
    for (int number; fgets(line, sizeof line, file) != NULL && sscanf(line, "line %d", &number) == 1;) sum += number;
    printf("sum %ld, at %ld\n", sum, ftell(file));
    fclose(file);

    int fd = open("tree/numbers.txt", O_RDWR | O_APPEND);
    printf("appended %zd\n", write(fd, "the end\n", 8));
    printf("pread %zd", pread(fd, line, 7, 7));
    printf(" '%.6s'\n", line);
    printf("truncate %d", ftruncate(fd, 100));
    fstat(fd, &status);
    printf(" to %lld, regular %d\n", (long long)status.st_size, S_ISREG(status.st_mode));
    close(fd);

    printf("rename %d\n", rename("tree/numbers.txt", "tree/renamed.txt"));
    printf("symlink %d\n", symlink("renamed.txt", "tree/link.txt"));
    lstat("tree/link.txt", &status);
    printf("a link %d", S_ISLNK(status.st_mode));
    stat("tree/link.txt", &status);
    printf(", to a file of %lld\n", (long long)status.st_size);
    list("tree");
    printf("old name: %s\n", stat("tree/numbers.txt", &status) < 0 ? strerror(errno) : "there");
    printf("rmdir: %s\n", rmdir("tree") < 0 ? strerror(errno) : "done");
    printf("unlink %d", unlink("tree/link.txt"));
    printf(" %d", unlink("tree/renamed.txt"));
    printf(", rmdir %d\n", rmdir("tree"));
}

static void clocks(void) {
    struct timespec start, end, pause = {0, 20000000};
    clock_gettime(CLOCK_MONOTONIC, &start);
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double slept = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("slept at least 20 ms: %d, less than 5 s: %d\n", slept >= 0.02, slept < 5);
    time_t now = time(NULL);
    printf("this century: %d\n", now > 946684800 && now < 4102444800);
}

int main(int argc, char **argv) {
    arguments(argc, argv);
    files();
    clocks();
    return argc > 1 ? atoi(argv[1]) : 0;
}
