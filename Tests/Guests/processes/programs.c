/* Programs that are started in a process, in place of the one that runs (exec) or as a child (spawn): this one itself, with
 * an order as its first argument (see orders.h).
 * Needs a directory to work in, with write access. A guest must know its own file there: by its first argument, which is an
 * absolute path, else by the name it was started with. */
#include "orders.h"

#define OUT_OF_PLACE 40
static char *self;

/* A list of arguments that starts with this program. */
#define ARGUMENTS(...) ((char *[]){self, __VA_ARGS__, 0})
static char *const no_environment[] = {0};

static char *number_text(long long value) {
    char *text = os_allocate(24);
    memcpy(text, outcome_of(value).text, 24);
    return text;
}

/* Runs the program in a child, and says how that ended. */
static void run_as(const char *what, const char *path, char *const *argv, char *const *envp) {
    int pid = os_fork_or_end();
    if (pid == 0) {
        show(what, os_execute(path, argv, envp));
        os_exit(99);
    }
    show_end(what, pid);
}

static void run(const char *what, char *const *argv) { run_as(what, self, argv, no_environment); }

/* ---- exec ---- */

static void texts(void) {
    print("what a program is given\n");
    char *environment[] = {"A=1", "EMPTY=", "WITH=a=b", "LINES=x\ny", "ACCENT=\xc3\xa9", 0};
    run_as("strings", self, (char *[]){"any name", "show", "", "two words", "two\nlines", "", "\xc3\xa9", 0}, environment);
    run_as("none", self, ARGUMENTS("show"), no_environment);
    enum { MANY = 300, LONG = 100000 };
    static char *many[MANY + 3], numbers[MANY][8];
    many[0] = self, many[1] = "sum";
    for (int i = 0; i < MANY; i++) memcpy(many[i + 2] = numbers[i], outcome_of(i * 7).text, 8);
    run("three hundred", many);
    char *large = os_allocate(LONG + 1);
    memset(large, 'x', LONG);
    large[LONG] = 0;
    run("a long one", ARGUMENTS("sum", large));
    run("its own number", ARGUMENTS("exit", "3"));
    run("another", ARGUMENTS("exit", "255"));
    run("one that ends by a signal", ARGUMENTS("raise"));
    run("ten programs, one after the other", ARGUMENTS("chain", "10"));
}

static volatile int handled;
static void count(int number) {
    (void)number;
    handled++;
}

static void sleep_on(void *argument) {
    (void)argument;
    for (;;) os_sleep(100 * MILLISECONDS);
}

static void states(void) {
    print("what stays and what goes\n");
    int kept[2], closed[2], pid;
    os_pipe(kept), os_pipe(closed);
    file_set_close_on_exec(closed[0], 1), file_set_close_on_exec(closed[1], 1);
    int copy = os_dup(closed[0]);
    run("descriptors", ARGUMENTS("open", "kept", number_text(kept[0]), "kept", number_text(kept[1]), "closed",
                                 number_text(closed[0]), "closed", number_text(closed[1]), "copy", number_text(copy)));
    if ((pid = os_fork_or_end()) == 0) {
        print("  it fails: %s\n", outcome_of(os_execute("missing", ARGUMENTS("show"), no_environment)).text);
        os_exit(file_close_on_exec(closed[0]) * 10 + (os_write(closed[1], "x", 1) == 1));
    }
    show_end("nothing is closed then", pid);
    os_close(copy);

    if ((pid = os_fork_or_end()) == 0)
        os_exit(os_execute(self, ARGUMENTS("number", number_text(os_process_id()), number_text(os_parent())),
                           no_environment));
    show_end("its number", pid);

    if ((pid = os_fork_or_end()) == 0) {
        file_chdir("sub");
        os_exit(os_execute(self, ARGUMENTS("where"), no_environment));
    }
    show_end("its place", pid);

    if ((pid = os_fork_or_end()) == 0) {
        os_handle(SIGNAL_USER1, count);
        os_exit(os_execute(self, ARGUMENTS("raise"), no_environment));
    }
    show_end("no handler", pid);

    if ((pid = os_fork_or_end()) == 0) {
        if (os_fork_or_end() == 0) os_exit(23);
        os_exit(os_execute(self, ARGUMENTS("wait"), no_environment));
    }
    show_end("its child", pid);

    static os_thread other;
    if ((pid = os_fork_or_end()) == 0) {
        os_thread_start(&other, sleep_on, 0);
        os_exit(os_execute(self, ARGUMENTS("exit", "6"), no_environment));
    }
    show_end("no other thread", pid);
    os_close(kept[0]), os_close(kept[1]), os_close(closed[0]), os_close(closed[1]);
}

/* The shell's way: a child whose streams are pipes. */
static void streams(void) {
    print("streams\n");
    int to[2], from[2], pid;
    char text[64] = {0};
    os_pipe(to), os_pipe(from);
    if ((pid = os_fork_or_end()) == 0) {
        os_renumber(to[0], 0), os_renumber(from[1], 1);
        os_close(to[0]), os_close(to[1]), os_close(from[0]), os_close(from[1]);
        os_exit(os_execute(self, ARGUMENTS("upper"), no_environment));
    }
    os_close(to[0]), os_close(from[1]);
    os_write(to[1], "through a pipe", 14);
    os_close(to[1]);
    long size = read_whole(from[0], text, sizeof text - 1);
    print("  %d bytes: %s\n", (int)size, text);
    show_end("the child", pid);
    os_close(from[0]);
}

static void refusals(void) {
    print("refusals\n");
    static char long_name[301];
    memset(long_name, 'n', 300);
    write_file("no-program", "neither a module nor a script\n");
    write_file("empty", "");
    write_file("no-interpreter", "#!./missing\n");
    os_make_executable("no-program"), os_make_executable("empty"), os_make_executable("no-interpreter");
    file_symlink("missing", CURRENT, "dangling");
    file_symlink("loop", CURRENT, "loop");
    static const char *const names[] = {"missing", "missing/x", "", "sub", ".", "no-program", "empty", "no-program/x",
                                        "no-program/", "no-interpreter", "dangling", "loop", long_name};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        print("'%s'\n", names[i] == long_name ? "a long name" : names[i]);
        show("exec", os_execute(names[i], ARGUMENTS("show"), no_environment));
        show("spawn", os_spawn(names[i], ARGUMENTS("show"), no_environment, 0, 0, 0, 0));
    }
    int status;
    show("no child is left", wait_for(ANY_CHILD, NO_HANG, &status));
    file_unlink(CURRENT, "no-program"), file_unlink(CURRENT, "empty"), file_unlink(CURRENT, "no-interpreter");
    file_unlink(CURRENT, "dangling"), file_unlink(CURRENT, "loop");
}

/* A script, whose first line is this text with the program's path in place of the @. */
static void write_script(const char *path, const char *line) {
    int file = file_open(CURRENT, path, MAY_WRITE | CREATE | TRUNCATE);
    for (; *line; line++) os_write(file, *line == '@' ? self : line, *line == '@' ? strlen(self) : 1);
    os_close(file);
    os_make_executable(path);
}

static void scripts(void) {
    print("scripts\n");
    write_script("hello", "#!@ script\nnothing that is read\n");
    write_script("bare", "#! @");
    write_script("words", "#!\t@   script and words  \n");
    write_script("sub/found", "#!@ script\n");
    write_script("second", "#!./hello of a script\n");
    run_as("with an argument", "./hello", ARGUMENTS("one", "", "two words"), no_environment);
    run_as("without", "./bare", ARGUMENTS("one"), no_environment);
    run_as("several words are one argument", "words", ARGUMENTS("one"), no_environment);
    run_as("the script of a script", "./second", ARGUMENTS("one"), no_environment);
    show_end("spawned", os_spawn("./hello", ARGUMENTS("one"), no_environment, 0, 0, 0, 0));
    static const struct {
        const char *name, *list;
    } searches[] = {{"found", "nowhere:sub:."},    {"hello", "nowhere:sub:."}, {"hello", "sub:"},
                    {"sub/found", "nowhere"},      {"missing", "sub:."},       {"folder", "sub"},
                    {"found", "no-such:hello:sub"}};
    file_mkdir(CURRENT, "sub/folder");
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        print("%s in %s\n", searches[i].name, searches[i].list);
        int pid = os_fork_or_end();
        if (pid == 0) {
            show("exec", os_execute_found(searches[i].name, ARGUMENTS("one"), no_environment, searches[i].list));
            os_exit(99);
        }
        show_end("exec", pid);
        pid = os_spawn(searches[i].name, ARGUMENTS("one"), no_environment, 0, 0, 0, searches[i].list);
        if (pid < 0) show("spawn", pid);
        if (pid > 0) show_end("spawn", pid);
    }
    file_rmdir(CURRENT, "sub/folder");
    static const char *const all[] = {"hello", "bare", "words", "second", "sub/found"};
    for (int i = 0; i < 5; i++) file_unlink(CURRENT, all[i]);
}

/* ---- spawn ---- */

static void spawned(const char *what, char *const *argv, const os_action *actions, int count) {
    int pid = os_spawn(self, argv, no_environment, actions, count, 0, 0);
    if (pid < 0) show(what, pid);
    if (pid > 0) show_end(what, pid);
}

static void spawns(void) {
    print("spawn\n");
    int ends[2], closed[2], status, pid;
    char text[256] = {0}, *to, *other;
    os_pipe(ends), os_pipe(closed);
    file_set_close_on_exec(closed[0], 1), file_set_close_on_exec(ends[0], 1);
    to = number_text(ends[1]), other = number_text(closed[0]);
    spawned("strings", ARGUMENTS("show", "", "two\nlines"), 0, 0);
    spawned("its code", ARGUMENTS("exit", "77"), 0, 0);
    spawned("its parent", ARGUMENTS("number", "0", number_text(os_process_id())), 0, 0);
    spawned("descriptors", ARGUMENTS("open", "kept", to, "closed", other), 0, 0);
    spawned("one closed more", ARGUMENTS("open", "kept", to), (os_action[]){{.what = ACTION_CLOSE, .fd = ends[1]}}, 1);
    spawned("copied onto itself", ARGUMENTS("open", "closed", other),
            (os_action[]){{.what = ACTION_DUP, .fd = closed[0], .from = closed[0]}}, 1);
    spawned("copied to a number", ARGUMENTS("open", "copy", number_text(OUT_OF_PLACE), "closed", other),
            (os_action[]){{.what = ACTION_DUP, .fd = OUT_OF_PLACE, .from = closed[0]}}, 1);
    spawned("elsewhere", ARGUMENTS("where"), (os_action[]){{.what = ACTION_CHDIR, .path = "sub"}}, 1);

    write_file("in.tmp", "from a file");
    os_action files[] = {{.what = ACTION_OPEN, .fd = 0, .path = "in.tmp", .flags = MAY_READ},
                         {.what = ACTION_CHDIR, .path = "sub"},
                         {.what = ACTION_OPEN, .fd = OUT_OF_PLACE, .path = "out.tmp", .flags = MAY_WRITE | CREATE},
                         {.what = ACTION_DUP, .fd = 1, .from = OUT_OF_PLACE},
                         {.what = ACTION_CLOSE, .fd = OUT_OF_PLACE}};
    spawned("from a file to a file", ARGUMENTS("upper"), files, 5);
    int out = file_open(CURRENT, "sub/out.tmp", MAY_READ);
    os_read(out, text, sizeof text - 1);
    print("  %s\n", text);
    os_close(out);
    file_unlink(CURRENT, "in.tmp"), file_unlink(CURRENT, "sub/out.tmp");

    pid = os_spawn(self, ARGUMENTS("show", "to a pipe"), no_environment,
                   (os_action[]){{.what = ACTION_DUP, .fd = 1, .from = ends[1]}, {.what = ACTION_CLOSE, .fd = ends[1]}},
                   2, 0, 0);
    os_close(ends[1]);
    text[read_whole(ends[0], text, sizeof text - 1)] = 0;
    print("%s", text);
    show_end("the child", pid);
    os_close(ends[0]), os_close(closed[0]), os_close(closed[1]);

    spawned("no such file to open", ARGUMENTS("show"),
            (os_action[]){{.what = ACTION_OPEN, .fd = 0, .path = "missing", .flags = MAY_READ}}, 1);
    spawned("no such place", ARGUMENTS("show"), (os_action[]){{.what = ACTION_CHDIR, .path = "missing"}}, 1);
    spawned("no such descriptor", ARGUMENTS("show"), (os_action[]){{.what = ACTION_DUP, .fd = 1, .from = 999}}, 1);
    show("no child is left", wait_for(ANY_CHILD, NO_HANG, &status));

    pid = os_spawn(self, ARGUMENTS("ignoring", "1"), no_environment, 0, 0, SIGNAL_USER1, 0);
    show_end("a signal that is ignored, also by the next program", pid);
    spawned("and one that is not", ARGUMENTS("ignoring", "0"), 0, 0);

    enum { MANY = 8 };
    int pids[MANY], sum = 0;
    for (int i = 0; i < MANY; i++) pids[i] = os_spawn(self, ARGUMENTS("exit", number_text(i)), no_environment, 0, 0, 0, 0);
    for (int i = MANY - 1; i >= 0; i--) sum += wait_for(pids[i], 0, &status) == pids[i] && status == i;
    print("  %d of %d at once\n", sum, MANY);
}

static void vforks(void) {
    print("vfork\n");
    int ends[2];
    os_pipe(ends);
    int pid = os_vfork();
    if (pid == 0) {
        os_execute(self, ARGUMENTS("exit", "8"), no_environment);
        os_quit(99);
    }
    show_end("a child with another program", pid);
    pid = os_vfork();
    if (pid == 0) {
        os_sleep(30 * MILLISECONDS);
        os_write(ends[1], "x", 1);
        os_quit(9);
    }
    os_subscription one = {.fd = ends[0]};
    show("the parent stood still", os_poll(&one, 1, 0));
    show_end("a child that ends", pid);
    pid = os_vfork();
    if (pid == 0) os_quit(os_execute("missing", ARGUMENTS("show"), no_environment) < 0 ? 10 : 11);
    show_end("a child that cannot run it", pid);
    os_close(ends[0]), os_close(ends[1]);
}

int guest_main(int argc, char **argv) {
    if (argc > 1 && argv[1][0] != '/') return obey(argc, argv);
    self = argc > 1 ? argv[1] : os_program(argv);
    file_mkdir(CURRENT, "sub");
    write_file("sub/mark", "sub");
    write_file("mark", "here");
    texts();
    states();
    streams();
    refusals();
    scripts();
    spawns();
    vforks();
    file_unlink(CURRENT, "sub/mark"), file_unlink(CURRENT, "mark"), file_rmdir(CURRENT, "sub");
    print("the first process\n");
    show("exec", os_execute(self, ARGUMENTS("exit", "5"), no_environment));
    return 1;
}
