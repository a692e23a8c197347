/* What the program of programs.c does when it is started again: an order and its arguments. */
#ifndef ORDERS_H
#define ORDERS_H

#include "processes.h"

static void print_texts(const char *what, char **list) {
    int count = 0;
    for (; list[count] != 0; count++) {
        print("    %s %d '", what, count);
        for (const char *text = list[count]; *text; text++) {
            if (*text == '\n')
                print("\\n");
            else
                print("%c", *text);
        }
        print("'\n");
    }
    print("    %s: %d\n", what, count);
}

static int order_show(int argc, char **argv) {
    print("    started as %s with %d\n", argv[0][0] == '/' ? "itself" : argv[0], argc - 2);
    print_texts("argument", argv + 2);
    print_texts("variable", os_environment());
    return 0;
}

static int order_sum(int argc, char **argv) {
    uint32_t sum = 2166136261u;
    for (int i = 2; i < argc; i++)
        for (const char *text = argv[i];; text++) {
            sum = (sum ^ (unsigned char)*text) * 16777619u;
            if (*text == 0) break;
        }
    print("    %d arguments, %08x\n", argc - 2, sum);
    return 0;
}

/* Names and numbers of descriptors: which of them are open. */
static int order_open(int argc, char **argv) {
    for (int i = 2; i + 1 < argc; i += 2)
        print("    %s: %s\n", argv[i], outcome_of(file_close_on_exec((int)parse_number(argv[i + 1]))).text);
    return 0;
}

static int is_number(const char *text, int value) {
    return parse_number(text) == 0 || parse_number(text) == (uint64_t)value;
}

/* The numbers that it and its parent should have; 0 for any. */
static int order_number(int argc, char **argv) {
    (void)argc;
    print("    its own %d, its parent's %d\n", is_number(argv[2], os_process_id()), is_number(argv[3], os_parent()));
    return 0;
}

static int order_where(int argc, char **argv) {
    (void)argc, (void)argv;
    char text[16] = {0};
    int file = file_open(CURRENT, "mark", MAY_READ);
    os_read(file, text, sizeof text - 1);
    print("    %s\n", text);
    return 0;
}

static int order_exit(int argc, char **argv) { return argc > 2 ? (int)parse_number(argv[2]) : 0; }

static int order_raise(int argc, char **argv) {
    (void)argc, (void)argv;
    show("raise", os_kill(os_process_id(), SIGNAL_USER1));
    return 0;
}

static int order_wait(int argc, char **argv) {
    (void)argc, (void)argv;
    int status = 0, pid = wait_for(ANY_CHILD, 0, &status);
    print("    %d, %s\n", pid > 0, name_of_status(status).text);
    return status;
}

static int order_upper(int argc, char **argv) {
    (void)argc, (void)argv;
    char bytes[64];
    for (long count; (count = os_read(0, bytes, sizeof bytes)) > 0;) {
        for (long i = 0; i < count; i++) bytes[i] = bytes[i] >= 'a' && bytes[i] <= 'z' ? (char)(bytes[i] - 32) : bytes[i];
        os_write(1, bytes, (size_t)count);
    }
    return 2;
}

/* Starts itself so many times more. */
static int order_chain(int argc, char **argv) {
    (void)argc;
    uint64_t left = parse_number(argv[2]);
    if (left == 0) return 10;
    char text[24];
    memcpy(text, outcome_of((long long)left - 1).text, sizeof text);
    return os_execute(argv[0], (char *[]){argv[0], argv[1], text, 0}, os_environment());
}

/* Whether a signal is ignored from the start on; then asks once more in a program that this one becomes. */
static int order_ignoring(int argc, char **argv) {
    print("    ignored: %d\n", os_starts_ignoring(SIGNAL_USER1));
    if (argc == 2 || argv[2][0] == '0') return 0;
    return os_execute(argv[0], (char *[]){argv[0], argv[1], 0}, os_environment());
}

static int order_script(int argc, char **argv) {
    for (int i = 1; i < argc; i++) print("    argument %d '%s'\n", i, argv[i]);
    return 12;
}

static int obey(int argc, char **argv) {
    static const struct {
        const char *name;
        int (*obey)(int argc, char **argv);
    } orders[] = {{"show", order_show},   {"sum", order_sum},     {"open", order_open},   {"number", order_number},
                  {"where", order_where}, {"exit", order_exit},   {"raise", order_raise}, {"wait", order_wait},
                  {"upper", order_upper}, {"chain", order_chain}, {"ignoring", order_ignoring}};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        if (strcmp(argv[1], orders[i].name) == 0) return orders[i].obey(argc, argv);
    return order_script(argc, argv);
}

#endif
