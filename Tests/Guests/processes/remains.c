/* What many processes leave behind, which is nothing: remains [--figures] FOLDER ORDER=COUNT...
 *   row       children that end at once, one after the other
 *   once      children that are there at the same time
 *   killed    children that are killed: while they compute, and in each kind of wait
 *   calls     children that are killed in the middle of one call after the other: files, pipes, sockets, events, forks, programs
 *   garbage   programs that are none, and names of nothing, for exec and spawn
 *   memory    only as a guest: children that take all the memory there is
 *   bomb      only as a guest, COUNT is how deep: children whose children fork, until no process is left
 * Each order is done twice. Between the first time and the second, the host's descriptors, threads and memory for all of this
 * must not grow: FOLDER is what /proc/self is there. Works in an empty directory; finds its own file as programs.c does. */
#include "../remains.h"
#include "processes.h"

enum { STATES = 12, BUSY_CALLS = 12 };

static char *self;

/* ---- orders ---- */

static void show_count(const char *what, int count, int of) { print("  %s: %d of %d\n", what, count, of); }

static void row(int count) {
    int done = 0;
    for (int i = 0; i < count; i++) {
        int status = 0, pid = os_fork_or_end();
        if (pid == 0) os_quit(i & 255);
        done += wait_for(pid, 0, &status) == pid && status == (i & 255);
    }
    show_count("ended", done, count);
}

/* Each waits for the end of the gate. */
static void once(int count) {
    int gate[2], status, ended = 0;
    os_pipe(gate);
    for (int i = 0; i < count; i++) {
        if (os_fork_or_end() != 0) continue;
        char byte;
        os_close(gate[1]);
        read_whole(gate[0], &byte, 1);
        os_quit(3);
    }
    os_close(gate[0]);
    os_close(gate[1]);
    while (wait_for(ANY_CHILD, 0, &status) > 0) ended += status == 3;
    show_count("ended", ended, count);
}

static void sleep_on(void *argument) {
    (void)argument;
    for (;;) os_sleep(1000 * MILLISECONDS);
}

static void sleep_in_handler(int number) {
    (void)number;
    sleep_on(0);
}

/* A child that ends with its parent. */
static int depending_child(void) {
    int ends[2];
    char byte;
    os_pipe(ends);
    int pid = os_fork_or_end();
    if (pid == 0) {
        os_close(ends[1]);
        read_whole(ends[0], &byte, 1);
        os_quit(0);
    }
    return pid;
}

/* Never returns: computes, or waits in a way of its own. */
static void be_in_state(int state) {
    int ends[2], status, epfd, port = 0;
    char bytes[512];
    uint32_t word = 0;
    static os_thread thread;
    static os_mutex lock;
    os_pipe(ends);
    switch (state) {
    case 0: {
        static volatile unsigned turns = 1;
        while (turns != 0) turns |= 1;
        break;
    }
    case 1: os_read(ends[0], bytes, 1); break;
    case 2:
        while (os_write(ends[1], bytes, sizeof bytes) > 0) continue;
        break;
    case 3:
        epfd = os_epoll();
        os_epoll_ctl(epfd, ADD, ends[0], IN, 1);
        os_epoll_wait(epfd, &(os_event){0}, 1, FOREVER);
        break;
    case 4: os_poll(&(os_subscription){.fd = ends[0]}, 1, FOREVER); break;
    case 5:
        for (;;) os_futex_wait(&word, 0);
    case 6: os_accept(os_listen(&port)); break;
    case 7: wait_for(depending_child(), 0, &status); break;
    case 8: os_kill(os_process_id(), SIGNAL_STOP); break;
    case 9:
        os_handle(SIGNAL_USER1, sleep_in_handler);
        os_raise(SIGNAL_USER1);
        break;
    case 10:
        os_lock(&lock);
        os_thread_start(&thread, sleep_on, 0);
        os_lock(&lock);
        break;
    default: break;
    }
    sleep_on(0);
}

/* So that a child is killed before, in and behind what it does. */
static void pause_a_little(int number) {
    static unsigned state = 1;
    state = state * 1664525u + 1013904223u + (unsigned)number;
    os_sleep((uint64_t)(state >> 12) % 1500 * 1000);
}

static void killed(int count) {
    int ended = 0;
    for (int i = 0; i < count; i++) {
        int status = 0, ready[2];
        char byte = 0;
        os_pipe(ready);
        int pid = os_fork_or_end();
        if (pid == 0) {
            os_write(ready[1], &byte, 1);
            be_in_state(i % STATES);
        }
        read_whole(ready[0], &byte, 1);
        pause_a_little(i);
        os_kill(pid, SIGNAL_KILL);
        ended += wait_for(pid, 0, &status) == pid && status == BY_SIGNAL + SIGNAL_KILL;
        os_close(ready[0]), os_close(ready[1]);
    }
    show_count("killed", ended, count);
}

static void do_nothing(int number) { (void)number; }

static void end_at_once(void *argument) { (void)argument; }

static void pass_something(int (*make)(int ends[2])) {
    int ends[2];
    char bytes[8] = {0};
    make(ends);
    os_write(ends[1], bytes, sizeof bytes);
    os_read(ends[0], bytes, sizeof bytes);
    os_close(ends[0]), os_close(ends[1]);
}

static void call_something(unsigned number) {
    int ends[2], fd, status, pid, port = 0;
    char bytes[64] = {0}, name[] = "file0";
    switch (number % BUSY_CALLS) {
    case 0:
        name[4] = (char)('0' + number / BUSY_CALLS % 8);
        fd = file_open(CURRENT, name, MAY_READ | MAY_WRITE | CREATE);
        os_write(fd, bytes, sizeof bytes);
        os_close(fd);
        break;
    case 1: pass_something(os_pipe); break;
    case 2: pass_something(os_socketpair); break;
    case 3:
        fd = os_epoll();
        ends[0] = os_eventfd(1);
        os_epoll_ctl(fd, ADD, ends[0], IN | EDGE, 1);
        os_epoll_wait(fd, &(os_event){0}, 1, MILLISECONDS);
        os_close(ends[0]), os_close(fd);
        break;
    case 4:
        fd = os_listen(&port);
        ends[0] = os_tcp();
        os_connect(ends[0], port);
        ends[1] = os_accept(fd);
        os_write(ends[1], bytes, 8);
        os_close(fd), os_close(ends[0]), os_close(ends[1]);
        break;
    case 5: os_poll(0, 0, MILLISECONDS / 10); break;
    case 6:
        pid = os_fork();
        if (pid == 0) os_quit(0);
        if (pid > 0) wait_for(pid, 0, &status);
        break;
    case 7:
        pid = os_spawn(self, (char *[]){self, "quit", 0}, (char *[]){0}, 0, 0, 0, 0);
        if (pid > 0) wait_for(pid, 0, &status);
        break;
    case 8:
        pid = os_fork();
        if (pid == 0) {
            os_execute(self, (char *[]){self, "quit", 0}, (char *[]){0});
            os_quit(1);
        }
        if (pid > 0) wait_for(pid, 0, &status);
        break;
    case 9: {
        static os_thread thread;
        if (os_thread_start(&thread, end_at_once, 0) == 0) os_thread_join(&thread);
        break;
    }
    case 10: os_raise(SIGNAL_USER1); break;
    default: os_execute("missing", (char *[]){"missing", 0}, (char *[]){0}); break;
    }
}

/* Children of a child that is killed end by themselves. */
static void calls(int count) {
    int ended = 0;
    for (int i = 0; i < count; i++) {
        int status = 0, pid = os_fork_or_end();
        if (pid == 0)
            for (unsigned next = (unsigned)i;; next++) call_something(next * 7);
        pause_a_little(i);
        os_kill(pid, SIGNAL_KILL);
        ended += wait_for(pid, 0, &status) == pid && status == BY_SIGNAL + SIGNAL_KILL;
    }
    show_count("killed", ended, count);
}

/* Files that are no programs: their names say why. */
static void make_garbage(void) {
    static const char *const texts[][2] = {
        {"empty", ""}, {"text", "no program\n"}, {"lost", "#!/missing/interpreter\n"}, {"short", "\x7f" "ELF"},
        {"nobody", "#!\n"}, {"cut", "#!/"}};
    for (int i = 0; i < 6; i++) {
        write_file(texts[i][0], texts[i][1]);
        os_make_executable(texts[i][0]);
    }
    file_mkdir(CURRENT, "folder");
#ifdef __wasm__
    /* The beginning of this module, and all of it with wrong bytes in its middle. */
    static char bytes[4096];
    int from = file_open(CURRENT, self, MAY_READ), cut = file_open(CURRENT, "begun", MAY_WRITE | CREATE | TRUNCATE);
    int wrong = file_open(CURRENT, "wrong", MAY_WRITE | CREATE | TRUNCATE);
    long count, at = 0;
    while ((count = os_read(from, bytes, sizeof bytes)) > 0) {
        if (at == 0) os_write(cut, bytes, (size_t)count / 2);
        if (at == 16384) memset(bytes, 0xff, 64);
        os_write(wrong, bytes, (size_t)count);
        at += count;
    }
    os_close(from), os_close(cut), os_close(wrong);
#endif
}

static void garbage(int count) {
    static const char *const names[] = {"empty", "text", "lost", "short", "nobody", "cut", "folder", "missing", "text/below",
#ifdef __wasm__
                                        "begun", "wrong",
#endif
    };
    enum { NAMES = sizeof names / sizeof *names };
    int refused = 0;
    make_garbage();
    for (int i = 0; i < count; i++) {
        char *arguments[] = {(char *)names[i % NAMES], 0};
        int status = 0, pid = os_fork_or_end();
        if (pid == 0) {
            os_execute(arguments[0], arguments, (char *[]){0});
            os_quit(7);
        }
        int isRefused = wait_for(pid, 0, &status) == pid && status == 7;
        pid = os_spawn(arguments[0], arguments, (char *[]){0}, 0, 0, 0, 0);
        refused += isRefused && pid < 0;
    }
    show_count("refused", refused, count);
}

#ifdef __wasm__
static void memory(int count) {
    int ended = 0;
    for (int i = 0; i < count; i++) {
        int status = 0, pid = os_fork_or_end();
        if (pid == 0) {
            enum { PAGES = 16 };
            uint32_t before;
            while ((before = __builtin_wasm_memory_grow(0, PAGES)) != ~0u)
                memset((char *)(before << 16), 1, (size_t)PAGES << 16);
            os_quit(7);
        }
        ended += wait_for(pid, 0, &status) == pid && status == 7;
    }
    show_count("ended", ended, count);
}

/* Every process forks two and waits for them; what finds no room ends with 9, and so does whoever has such a child. */
static _Noreturn void multiply(int depth) {
    int status, failed = 0;
    for (int i = 0; i < 2 && depth > 0; i++) {
        int pid = os_fork();
        if (pid == 0) multiply(depth - 1);
        if (pid < 0) failed = strcmp(os_error, "AGAIN") == 0 ? 9 : 8;
    }
    while (wait_for(ANY_CHILD, 0, &status) > 0)
        if (status != 0) failed = status;
    os_quit(failed);
}

static void bomb(int depth) {
    int pid = os_fork_or_end();
    if (pid == 0) multiply(depth);
    show_end("the bomb", pid);
}
#endif

static void (*order_called(const char *name, size_t length))(int) {
    static const struct {
        const char *name;
        void (*order)(int);
    } known[] = {{"row", row}, {"once", once}, {"killed", killed}, {"calls", calls}, {"garbage", garbage},
#ifdef __wasm__
                 {"memory", memory}, {"bomb", bomb},
#endif
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && memcmp(known[i].name, name, length) == 0) return known[i].order;
    return 0;
}

int guest_main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "quit") == 0) return 0;
    int next = 1;
    if (next < argc && strcmp(argv[next], "--figures") == 0) next++, remains_figures = 1;
    if (next < argc) remains_folder = argv[next++];
    self = os_program(argv);
    os_handle(SIGNAL_USER1, do_nothing);
    for (; next < argc; next++) {
        size_t length = 0;
        while (argv[next][length] != 0 && argv[next][length] != '=') length++;
        void (*order)(int) = order_called(argv[next], length);
        if (order == 0) {
            print("no order %s\n", argv[next]);
            return 64;
        }
        int count = (int)number_behind(argv[next], "=");
        order(count);
        remains before = look_at_rest();
        order(count);
        expect_nothing_left(argv[next], before);
    }
    return 0;
}
