/* Small programs for scripts, all in one: the name that it is called by says which. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const char *name;

static int complain(const char *about) {
    fflush(stdout);
    fprintf(stderr, "%s: %s: %s\n", name, about, strerror(errno));
    return 1;
}

/* Calls it for each file named, or for standard input. */
static int for_each_file(char **files, int (*one)(FILE *)) {
    int status = 0;
    if (*files == NULL) return one(stdin);
    for (; *files != NULL; files++) {
        FILE *file = strcmp(*files, "-") == 0 ? stdin : fopen(*files, "r");
        if (file == NULL) {
            status = complain(*files);
            continue;
        }
        status |= one(file);
        if (file != stdin) fclose(file);
    }
    return status;
}

static int wrote_all(void) { return fflush(stdout) == 0 && !ferror(stdout) ? 0 : complain("standard output"); }

/* ---- text ---- */

static int copy(FILE *file) {
    char buffer[4096];
    for (ssize_t count; (count = read(fileno(file), buffer, sizeof buffer)) != 0;) {
        if (count < 0 || fwrite(buffer, 1, (size_t)count, stdout) != (size_t)count || fflush(stdout) != 0)
            return complain(count < 0 ? "input" : "standard output");
    }
    return 0;
}

static char **lines;
static size_t line_count;

static int keep(FILE *file) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0) {
        if ((line_count & (line_count + 1)) == 0) lines = realloc(lines, 2 * (line_count + 1) * sizeof *lines);
        lines[line_count++] = line;
        line = NULL;
    }
    return 0;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
static int by_number(const void *a, const void *b) {
    long left = atol(*(char **)a), right = atol(*(char **)b);
    return left < right ? -1 : left > right ? 1 : by_text(a, b);
}

static int print_lines(size_t from, size_t to, int is_reverse) {
    for (size_t i = from; i < to; i++) fputs(lines[is_reverse ? from + to - 1 - i : i], stdout);
    return wrote_all();
}

/* sort [-r] [-n] [FILE...] */
static int sort(char **words) {
    int is_reverse = 0, is_numeric = 0;
    for (; *words != NULL && (*words)[0] == '-' && (*words)[1] != '\0'; words++) {
        is_reverse |= strchr(*words, 'r') != NULL;
        is_numeric |= strchr(*words, 'n') != NULL;
    }
    int status = for_each_file(words, keep);
    qsort(lines, line_count, sizeof *lines, is_numeric ? by_number : by_text);
    return print_lines(0, line_count, is_reverse) | status;
}

/* wc: lines, words and bytes. */
static int count_all(FILE *file) {
    long newlines = 0, words = 0, bytes = 0;
    int in_word = 0;
    for (int byte; (byte = getc(file)) != EOF; bytes++) {
        newlines += byte == '\n';
        words += !isspace(byte) && !in_word;
        in_word = !isspace(byte);
    }
    printf("%ld %ld %ld\n", newlines, words, bytes);
    return 0;
}

static long limit = 10;

static int first_lines(FILE *file) {
    char *line = NULL;
    size_t room = 0;
    for (long i = 0; i < limit && getline(&line, &room, file) > 0; i++) fputs(line, stdout);
    return 0;
}

/* head or tail [-n COUNT] [FILE...] */
static char **with_limit(char **words) {
    if (words[0] == NULL || strcmp(words[0], "-n") != 0 || words[1] == NULL) return words;
    limit = atol(words[1]);
    return words + 2;
}

static int head(char **words) {
    int status = for_each_file(with_limit(words), first_lines);
    return wrote_all() | status;
}

static int tail(char **words) {
    int status = for_each_file(with_limit(words), keep);
    return print_lines(line_count > (size_t)limit ? line_count - (size_t)limit : 0, line_count, 0) | status;
}

/* grep TEXT [FILE...]: the lines that have it. */
static const char *wanted;
static long found;

static int search(FILE *file) {
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0)
        if (strstr(line, wanted) != NULL && ++found) fputs(line, stdout);
    return 0;
}

static int grep(char **words) {
    if ((wanted = *words) == NULL) return 2;
    int status = for_each_file(words + 1, search);
    wrote_all();
    return status != 0 ? 2 : found == 0;
}

/* tr FROM TO: characters, and ranges of them as a-z; without TO they are left out. */
static size_t spell(const char *set, unsigned char *characters) {
    size_t count = 0;
    for (; *set != '\0'; set++) {
        if (set[0] == '\\' && set[1] == 'n') {
            characters[count++] = '\n';
            set++;
        } else if (set[1] == '-' && set[2] > set[0]) {
            for (int c = set[0]; c <= set[2]; c++) characters[count++] = (unsigned char)c;
            set += 2;
        } else {
            characters[count++] = (unsigned char)*set;
        }
    }
    return count;
}

static int translate(char **words) {
    unsigned char from[4096], to[4096];
    if (*words == NULL) return 2;
    size_t count = spell(words[0], from), other = words[1] != NULL ? spell(words[1], to) : 0;
    for (int byte; (byte = getchar()) != EOF;) {
        unsigned char *place = memchr(from, byte, count);
        if (place == NULL)
            putchar(byte);
        else if (other != 0)
            putchar(to[(size_t)(place - from) < other ? (size_t)(place - from) : other - 1]);
    }
    return wrote_all();
}

/* ---- numbers, words, time ---- */

/* seq [FIRST] LAST */
static int sequence(char **words) {
    if (words[0] == NULL) return 1;
    long last = atol(words[1] != NULL ? words[1] : words[0]);
    for (long i = words[1] != NULL ? atol(words[0]) : 1; i <= last; i++) printf("%ld\n", i);
    return wrote_all();
}

static int yes(char **words) {
    while (puts(*words != NULL ? *words : "y") >= 0) {}
    return complain("standard output");
}

/* args WORD...: each in brackets, so that one sees where they begin and end. */
static int show_words(char **words) {
    for (; *words != NULL; words++) printf("[%s]", *words);
    putchar('\n');
    return wrote_all();
}

static int echo(char **words) {
    for (char **word = words; *word != NULL; word++) printf(word == words ? "%s" : " %s", *word);
    putchar('\n');
    return wrote_all();
}

static int succeed(char **words) { return 0; }
static int fail(char **words) { return 1; }

static int snooze(char **words) {
    double seconds = *words != NULL ? atof(*words) : 0;
    struct timespec duration = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    return nanosleep(&duration, NULL) == 0 ? 0 : complain("sleep");
}

/* env [NAME=VALUE...] [PROGRAM WORD...]: without a program the environment, sorted. */
static int environment(char **words) {
    for (; *words != NULL && strchr(*words, '=') != NULL; words++) putenv(*words);
    if (*words != NULL) {
        execvp(*words, words);
        complain(*words);
        return errno == ENOENT ? 127 : 126;
    }
    for (char **each = environ; *each != NULL; each++) line_count++;
    qsort(environ, line_count, sizeof *environ, by_text);
    for (char **each = environ; *each != NULL; each++) puts(*each);
    return wrote_all();
}

/* ---- files ---- */

static int list(char **words) {
    const char *path = *words != NULL ? *words : ".";
    DIR *directory = opendir(path);
    if (directory == NULL) return complain(path);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        if ((line_count & (line_count + 1)) == 0) lines = realloc(lines, 2 * (line_count + 1) * sizeof *lines);
        lines[line_count++] = strcat(strcpy(malloc(strlen(entry->d_name) + 2), entry->d_name), "\n");
    }
    closedir(directory);
    qsort(lines, line_count, sizeof *lines, by_text);
    return print_lines(0, line_count, 0);
}

static int for_each_path(char **words, int (*one)(const char *)) {
    int status = 0;
    for (; *words != NULL; words++)
        if (one(*words) != 0) status = complain(*words);
    return status;
}

static int make_directory(const char *path) { return mkdir(path, 0777); }
static int make_directories(char **words) { return for_each_path(words, make_directory); }
static int remove_files(char **words) { return for_each_path(words, remove); }

static int split(char **words) {
    FILE *file = *words != NULL ? fopen(*words, "w") : NULL;
    if (file == NULL) return complain(*words != NULL ? *words : "file");
    for (int byte; (byte = getchar()) != EOF;) {
        putchar(byte);
        putc(byte, file);
    }
    return fclose(file) == 0 ? wrote_all() : complain(*words);
}

static int concatenate(char **words) { return for_each_file(words, copy); }
static int count(char **words) { return for_each_file(words, count_all) | wrote_all(); }

static const struct {
    const char *name;
    int (*run)(char **);
} filters[] = {
    {"args", show_words},
    {"cat", concatenate},
    {"echo", echo},
    {"env", environment},
    {"false", fail},
    {"grep", grep},
    {"head", head},
    {"ls", list},
    {"mkdir", make_directories},
    {"rm", remove_files},
    {"seq", sequence},
    {"sleep", snooze},
    {"sort", sort},
    {"tail", tail},
    {"tee", split},
    {"tr", translate},
    {"true", succeed},
    {"wc", count},
    {"yes", yes},
};

int main(int argc, char **argv) {
    name = argc > 0 ? argv[0] : "";
    if (strrchr(name, '/') != NULL) name = strrchr(name, '/') + 1;
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (strcmp(filters[i].name, name) == 0) return filters[i].run(argv + 1);
    fprintf(stderr, "%s: no such filter\n", name);
    return 64;
}
