/* One line a benchmark: "NAME VALUE UNIT", with two decimals. */
#ifndef REPORT_H
#define REPORT_H

#include "../portable.h"

static void report(const char *name, uint64_t total, uint64_t count, const char *unit) {
    uint64_t hundredths = total * 100 / count;
    print("%s %llu.%02llu %s\n", name, (unsigned long long)(hundredths / 100), (unsigned long long)(hundredths % 100),
          unit);
}

static uint64_t argument(int argc, char **argv, int index, uint64_t otherwise) {
    return argc > index ? parse_number(argv[index]) : otherwise;
}

/* A benchmark that hits an error has no result. */
static void require(long result, const char *what) {
    if (result >= 0) return;
    print("%s: %s\n", what, os_error);
#ifdef __wasm__
    wasix_proc_exit(1);
#else
    exit(1);
#endif
}

/* Leaves a result in a file as well, for when someone else owns the terminal: "VALUE\n". */
static void leave(const char *path, uint64_t total, uint64_t count) {
    int fd = os_create(path);
    require(fd, path);
    print_to(fd, "%llu.%02llu\n", (unsigned long long)(total / count), (unsigned long long)(total * 100 / count % 100));
    os_close(fd);
}

#endif
