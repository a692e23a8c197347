/* A process that forks has its libraries twice; one that starts a program has none left. */
#include "../processes/children.h"
#include "linking.h"

static int (*add)(int), (*own)(void);
static int *total;

static int calls(const char *name, const char *symbol, int value) {
    library from = library_open(name, OPEN_NOW);
    int (*function)(int) = from ? (int (*)(int))library_symbol(from, symbol) : 0;
    return function ? function(value) : -1;
}

static int uses_what_is_there(void) {
    show("in the child", add(10));
    show("shared by its threads", *total);
    show("loaded by its parent", calls("libshape.so", "shape_calls", 10));
    show("loaded by itself", calls("libping.so", "ping", 5));
    return 3;
}

static int uses_it_again(void) {
    show("in the second child", own());
    show("loaded by itself", calls("libping.so", "pong", 4));
    return 4;
}

static void in_a_thread(void *argument) {
    (void)argument;
    show("in the thread", add(100));
    show_end("its child", child_of(uses_it_again));
    show("in the thread", add(1));
}

/* The program `name` beside this one. */
static const char *beside(const char *self, const char *name) {
    static char path[512];
    size_t length = 0, slash = 0, end = strlen(self);
    for (size_t i = 0; i < end; i++)
        if (self[i] == '/') slash = i + 1;
    while (length < slash) path[length] = self[length], length++;
    for (const char *next = name; *next; next++) path[length++] = *next;
    if (end > 5 && memcmp(self + end - 5, ".wasm", 5) == 0)
        for (const char *next = ".wasm"; *next; next++) path[length++] = *next;
    path[length] = 0;
    return path;
}

int guest_main(int argc, char **argv) {
    (void)argc;
    reserve_heap();
    library storage = library_open("libstorage.so", OPEN_NOW);
    add = (int (*)(int))library_symbol(storage, "storage_add");
    own = (int (*)(void))library_symbol(storage, "storage_own");
    total = library_symbol(storage, "shared_total");
    calls("libshape.so", "shape_calls", 1);
    show("before", add(1));
    show_end("a child", child_of(uses_what_is_there));
    show("in the parent", add(1));
    show("shared by its threads", *total);
    show("loaded later", calls("libping.so", "ping", 3));
    static os_thread thread;
    os_thread_start(&thread, in_a_thread, 0);
    os_thread_join(&thread);
    const char *path = beside(argv[0], "needs");
    char *arguments[] = {(char *)path, 0};
    int pid = os_spawn(path, arguments, os_environment(), 0, 0, 0, 0);
    show_end("another program", pid);
    if (os_fork_or_end() == 0) {
        os_execute(path, arguments, os_environment());
        os_exit(9);
    }
    int status;
    show("instead of a child", wait_for(ANY_CHILD, 0, &status) > 0);
    print("  %s\n", name_of_status(status).text);
    return 0;
}
