/* The older ways to start programs, whose arguments are lines of one text, and what WASIX has besides: processes that are
 * forked without their memory, and refusals that Linux has no words for. wasm only.
 * Needs a directory to work in, with write access, and its own file there as programs.c does. */
#include "orders.h"

WASIX_IMPORT(proc_exec) void wasix_proc_exec(const char *name, wasix_size name_length, const char *args, wasix_size length);
WASIX_IMPORT(proc_exec2)
void wasix_proc_exec2(const char *name, wasix_size name_length, const char *args, wasix_size args_length,
                      const char *envs, wasix_size envs_length);
WASIX_IMPORT(proc_exec3)
int wasix_proc_exec3(const char *name, wasix_size name_length, const char *args, wasix_size args_length,
                     const char *envs, wasix_size envs_length, uint32_t searches, const char *path, wasix_size path_length);
WASIX_IMPORT(proc_spawn2)
int wasix_proc_spawn2(const char *name, wasix_size name_length, const char *args, wasix_size args_length,
                      const char *envs, wasix_size envs_length, const wasix_spawn_operation *operations,
                      wasix_size operation_count, const wasix_signal_disposition *dispositions,
                      wasix_size disposition_count, uint32_t searches, const char *path, wasix_size path_length,
                      uint32_t *pid);
typedef struct {
    uint32_t tag;
    int fd;
} wasix_option_fd;
typedef struct {
    uint32_t pid;
    wasix_option_fd streams[3];
} wasix_process_handles;
_Static_assert(sizeof(wasix_process_handles) == 28, "process_handles");
enum { PIPED, INHERITED, NOTHING, LOGGED };
WASIX_IMPORT(proc_spawn)
int wasix_proc_spawn(const char *name, wasix_size name_length, uint32_t changes_root, const char *args,
                     wasix_size args_length, const char *preopen, wasix_size preopen_length, uint32_t in, uint32_t out,
                     uint32_t errors, const char *place, wasix_size place_length, wasix_process_handles *handles);
WASIX_IMPORT(proc_fork_env) int wasix_proc_fork_env(uint32_t *pid);
WASIX_IMPORT(proc_exit2) void wasix_proc_exit2(int code);
WASIX_IMPORT(proc_snapshot) int wasix_proc_snapshot(void);

#define TEXT(text) text, strlen(text)
static char *self;
static char *const no_environment[] = {0};

/* `self` and these lines. */
static const char *lines(const char *more) {
    static char text[512];
    size_t length = strlen(self);
    memcpy(text, self, length);
    memcpy(text + length, more, strlen(more) + 1);
    return text;
}

static void run3(const char *what, const char *args, const char *envs) {
    int pid = os_fork_or_end();
    if (pid == 0) {
        int error = wasix_proc_exec3(TEXT(self), TEXT(args), envs, envs == 0 ? 0 : strlen(envs), 0, "", 0);
        show(what, os_result(error, 0));
        os_exit(99);
    }
    show_end(what, pid);
}

static void execs(void) {
    print("one text\n");
    run3("empty ones are left out", lines("\nshow\none\n\ntwo words\n"), "A=1\n\nB=x=y");
    run3("the other end of a line", lines("\rshow\rone"), "A=1\rB=2");
    run3("the environment as it is", lines("\ninherit"), "C=3");
    run3("a variable without a value", lines("\nshow"), "A=1\nB");
    write_file("found", "#!");
    int file = file_open(CURRENT, "found", MAY_WRITE | APPEND);
    os_write(file, self, strlen(self));
    os_write(file, " script\n", 8);
    os_close(file);
    int pid = os_fork_or_end();
    if (pid == 0)
        os_exit(wasix_proc_exec3(TEXT("found"), TEXT("found\none"), TEXT("A=1"), 1, TEXT("nowhere:.")));
    show_end("looked up", pid);
    file_unlink(CURRENT, "found");

    if ((pid = os_fork_or_end()) == 0) {
        const char *args = lines("\nexit\n3");
        wasix_proc_exec(TEXT(self), TEXT(args));
        os_exit(99);
    }
    show_end("exec", pid);
    if ((pid = os_fork_or_end()) == 0) {
        const char *args = lines("\nshow\none");
        wasix_proc_exec2(TEXT(self), TEXT(args), TEXT("A=1"));
        os_exit(99);
    }
    show_end("exec2", pid);
    int status = 0;
    if ((pid = os_fork_or_end()) == 0) {
        wasix_proc_exec2(TEXT("missing"), TEXT("missing"), TEXT(""));
        print("  it must not return\n");
        os_exit(0);
    }
    wait_for(pid, 0, &status);
    print("  one that fails is the end: %d\n", status != 0);
}

static void spawn2(void) {
    print("spawn2\n");
    const char *args = lines("\nupper");
    int ends[2], status;
    uint32_t pid = 0;
    char text[32] = {0};
    os_pipe(ends);
    write_file("in.tmp", "from a file");
    os_action actions[] = {{.what = ACTION_OPEN, .fd = 0, .path = "in.tmp", .flags = MAY_READ},
                           {.what = ACTION_DUP, .fd = 1, .from = ends[1]}};
    wasix_spawn_operation operations[] = {operation_of(&actions[0]), operation_of(&actions[1])};
    int error = wasix_proc_spawn2(TEXT(self), TEXT(args), TEXT("A=1"), operations, 2, 0, 0, 0, "", 0, &pid);
    show("spawn2", os_result(error, 0));
    os_close(ends[1]);
    read_whole(ends[0], text, 11);
    print("  %s\n", text);
    show_end("the child", (int)pid);
    os_close(ends[0]);
    file_unlink(CURRENT, "in.tmp");
    error = wasix_proc_spawn2(TEXT("missing"), TEXT(args), TEXT("A=1"), 0, 0, 0, 0, 0, "", 0, &pid);
    print("  a missing one fails: %d\n", error != 0);
    show("no child is left", wait_for(ANY_CHILD, NO_HANG, &status));
}

static int spawn(const char *args, uint32_t in, uint32_t out, const char *place, wasix_process_handles *handles) {
    return (int)os_result(wasix_proc_spawn(TEXT(self), 0, TEXT(args), "", 0, in, out, INHERITED, TEXT(place), handles), 0);
}

static void spawn1(void) {
    print("spawn\n");
    wasix_process_handles handles = {0};
    char text[64] = {0};
    show("piped", spawn(lines("\nupper"), PIPED, PIPED, ".", &handles));
    print("  streams: %u%u%u\n", handles.streams[0].tag & 1, handles.streams[1].tag & 1, handles.streams[2].tag & 1);
    os_write(handles.streams[0].fd, "through pipes", 13);
    os_close(handles.streams[0].fd);
    read_whole(handles.streams[1].fd, text, sizeof text - 1);
    print("  %s\n", text);
    show_end("the child", (int)handles.pid);
    os_close(handles.streams[1].fd);

    /* Both write to one stream: the child first. */
    int spawned = spawn(lines("\nwhere"), INHERITED, INHERITED, "sub", &handles);
    show_end("the child", (int)handles.pid);
    show("inherited", spawned);
    print("  streams: %u%u%u\n", handles.streams[0].tag & 1, handles.streams[1].tag & 1, handles.streams[2].tag & 1);
    show("nothing to read, nobody reads", spawn(lines("\nupper"), NOTHING, NOTHING, ".", &handles));
    show_end("the child", (int)handles.pid);
    const char *args = lines("\nshow");
    int error = wasix_proc_spawn(TEXT(self), 1, TEXT(args), "", 0, 1, 1, 1, TEXT("."), &handles);
    show("another root", os_result(error, 0));
    error = wasix_proc_spawn(TEXT(self), 0, TEXT(args), TEXT("/"), 1, 1, 1, TEXT("."), &handles);
    show("other directories", os_result(error, 0));
}

/* The caller is its child until it runs a program or ends. */
static void environments(void) {
    print("fork of the environment alone\n");
    uint32_t pid = 0, other;
    int own = os_process_id(), ends[2];
    os_pipe(ends);
    show("fork", os_result(wasix_proc_fork_env(&pid), 0));
    print("  it is its child: %d %d\n", os_process_id() == (int)pid, os_parent() == own);
    show("once more", os_result(wasix_proc_fork_env(&other), 0));
    show("a missing program", os_execute("missing", (char *[]){self, 0}, no_environment));
    print("  still the child: %d\n", os_process_id() == (int)pid);
    show("a program", os_execute(self, (char *[]){self, "exit", "6", 0}, no_environment));
    print("  the parent again: %d\n", os_process_id() == own);
    show_end("the child", (int)pid);
    show("fork", os_result(wasix_proc_fork_env(&pid), 0));
    os_close(ends[0]), os_close(ends[1]);
    file_chdir("sub");
    wasix_proc_exit2(7);
    print("  the parent again: %d\n", os_process_id() == own);
    show("its descriptors", os_write(ends[1], "x", 1));
    order_where(0, 0);
    show_end("the child", (int)pid);
    os_close(ends[0]), os_close(ends[1]);
}

static void refusals(void) {
    print("refusals\n");
    wasix_option_pid child = {2, 1};
    wasix_join_status end;
    uint32_t parent = 0;
    int status = 0, pid;
    show("a wait for neither one nor any", os_result(wasix_proc_join(&child, 0, &end), 0));
    show("the parent of nobody", os_result(wasix_proc_parent(4000000, &parent), 0));
    show("the first process has none", os_result(wasix_proc_parent(1, &parent), (long)parent));
    show("a signal to nobody", os_kill(4000000, SIGNAL_USER1));
    show("a snapshot", os_result(wasix_proc_snapshot(), 0));
    static jump_point never_set;
    if ((pid = os_fork_or_end()) == 0) os_jump(&never_set, 1);
    wait_for(pid, 0, &status);
    print("  a jump to no point is the end: %d\n", status != 0);
}

int guest_main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "inherit") == 0) {
        self = argv[0];
        const char *args = lines("\nshow\ninherited");
        return wasix_proc_exec3(TEXT(self), TEXT(args), 0, 0, 0, "", 0);
    }
    if (argc > 1 && argv[1][0] != '/') return obey(argc, argv);
    self = argc > 1 ? argv[1] : os_program(argv);
    file_mkdir(CURRENT, "sub");
    write_file("sub/mark", "sub");
    write_file("mark", "here");
    execs();
    spawn2();
    spawn1();
    environments();
    refusals();
    file_unlink(CURRENT, "sub/mark"), file_unlink(CURRENT, "mark"), file_rmdir(CURRENT, "sub");
    return 0;
}
