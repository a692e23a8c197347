/* A program of a package, wasm only.
 *   packaged                      reads what the package brings, tries to change it, and starts its other command by name
 *   packaged show [ARGUMENT...]   prints its name, its arguments, its environment and where it is */
#include "processes/processes.h"

static void tell(const char *what, const char *path, long answer) {
    print("%s %s: %s\n", what, path, answer < 0 ? os_error : "done");
}

static void read_file(const char *path) {
    char text[200] = {0};
    int fd = file_open(CURRENT, path, MAY_READ);
    if (fd < 0) return tell("read", path, fd);
    text[read_whole(fd, text, sizeof text - 1)] = 0;
    os_close(fd);
    print("%s: %s\n", path, text);
}

/* In the order of the names: the host's order is nobody's. */
static void list(const char *path) {
    static file_entry entries[64];
    int fd = file_open(CURRENT, path, MAY_READ | DIRECTORY), count = 0, more;
    if (fd < 0) return tell("list", path, fd);
    while (count < 64 && (more = file_list(fd, count > 0 ? entries[count - 1].next : 0, entries + count, 64 - count)) > 0)
        count += more;
    os_close(fd);
    print("%s:", path);
    for (const char *last = ""; ;) {
        const file_entry *next = 0;
        for (int i = 0; i < count; i++) {
            const char *name = entries[i].name;
            if (name[0] != '.' && strcmp(name, last) > 0 && (next == 0 || strcmp(name, next->name) < 0)) next = &entries[i];
        }
        if (next == 0) break;
        print(" %s", last = next->name);
    }
    print("\n");
}

static int show_self(int argc, char **argv) {
    char place[LONGEST_PATH] = {0};
    file_getcwd(place, sizeof place);
    print("%s in %s\n", argv[0], place);
    for (int i = 1; i < argc; i++) print("  argument '%s'\n", argv[i]);
    for (char **variable = os_environment(); *variable != 0; variable++) print("  variable %s\n", *variable);
    return 7;
}

int guest_main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "show") == 0) return show_self(argc, argv);
    list("/texts");
    read_file("/texts/greeting");
    read_file("/texts/deep/poem");
    tell("write", "/texts/greeting", file_open(CURRENT, "/texts/greeting", MAY_WRITE));
    tell("create", "/texts/new", file_open(CURRENT, "/texts/new", MAY_WRITE | CREATE));
    tell("remove", "/texts/greeting", file_unlink(CURRENT, "/texts/greeting"));
    tell("create", "/tmp/new", file_open(CURRENT, "/tmp/new", MAY_WRITE | CREATE));
    list("/bin");
    tell("write", "/bin/helper", file_open(CURRENT, "/bin/helper", MAY_WRITE));
    char *words[] = {"called", "x", 0}, *environment[] = {"GIVEN=1", "BOTH=given", 0};
    int pid = os_spawn("helper", words, environment, 0, 0, 0, "/usr/bin");
    if (pid < 0) tell("start", "helper", pid);
    else show_end("helper", pid);
    return 0;
}
