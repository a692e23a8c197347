/* What a program leaves behind of the host's: descriptors, threads and memory of whatever runs it, as /proc/self tells. */
#ifndef REMAINS_H
#define REMAINS_H

#include "portable_files.h"

enum { GROWTH_LIMIT = 8 << 10, PATIENCE = 1000 };

/* What /proc/self is called here, and whether figures are shown where all is well. */
static const char *remains_folder;
static int remains_figures;

typedef struct {
    long descriptors, threads, kibibytes;
} remains;

static const char *remains_file(const char *name) {
    static char path[LONGEST_PATH];
    size_t length = strlen(remains_folder), more = strlen(name);
    memcpy(path, remains_folder, length);
    path[length] = '/';
    memcpy(path + length + 1, name, more + 1);
    return path;
}

/* The number behind the first `title` in a text. */
static long number_behind(const char *text, const char *title) {
    size_t length = strlen(title);
    for (; *text != 0; text++) {
        if (memcmp(text, title, length) != 0) continue;
        text += length;
        while (*text == ' ' || *text == '\t') text++;
        long number = 0;
        while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
        return number;
    }
    return -1;
}

/* Counts what there is now. */
static remains look(void) {
    static char status[LONGEST_PATH];
    static file_entry entries[16];
    remains found = {0};
    int fd = file_open(CURRENT, remains_file("fd"), MAY_READ | DIRECTORY), count;
    for (uint64_t after = 0; (count = file_list(fd, after, entries, 16)) > 0; after = entries[count - 1].next)
        found.descriptors += count;
    os_close(fd);
    fd = file_open(CURRENT, remains_file("status"), MAY_READ);
    long size = os_read(fd, status, sizeof status - 64);
    status[size > 0 ? size : 0] = 0;
    os_close(fd);
    found.threads = number_behind(status, "Threads:");
    found.kibibytes = number_behind(status, "VmRSS:");
    return found;
}

static int has_grown(remains before, remains after) {
    return after.descriptors > before.descriptors || after.threads > before.threads ||
           after.kibibytes > before.kibibytes + GROWTH_LIMIT;
}

/* A process is gone for its parent a moment before its host thread and its memory are: looks until nothing changes. */
static remains look_at_rest(void) {
    remains last = look();
    for (int i = 0, same = 0; i < PATIENCE && same < 5; i++) {
        os_sleep(10 * MILLISECONDS);
        remains next = look();
        same = has_grown(next, last) || has_grown(last, next) ? 0 : same + 1;
        last = next;
    }
    return last;
}

static void expect_nothing_left(const char *what, remains before) {
    remains after = look();
    for (int i = 0; i < PATIENCE && has_grown(before, after); i++, after = look()) os_sleep(10 * MILLISECONDS);
    print("%s: %s\n", what, has_grown(before, after) ? "SOMETHING IS LEFT" : "nothing is left");
    if (has_grown(before, after) || remains_figures)
        print("  descriptors %ld -> %ld, threads %ld -> %ld, resident %ld -> %ld KiB\n", before.descriptors,
              after.descriptors, before.threads, after.threads, before.kibibytes, after.kibibytes);
}

#endif
