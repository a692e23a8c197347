/* A member of the family: a process that does what it is ordered over a pipe, and answers over another. */
#ifndef FAMILY_MEMBER_H
#define FAMILY_MEMBER_H

#include "processes.h"

enum { MEMBERS = 8, PLACES = 10, STORE = 16, MOST_BYTES = 512 };

/* Descriptors that are the same in every process: of member N the two ends of its orders, and of its answers. */
enum { FIRST_LINE = 100, HEAR = 0, ORDER = 1, COLLECT = 2, ANSWER = 3 };
static int line_of(int member, int end) { return FIRST_LINE + 4 * member + end; }

typedef enum {
    LOOK, KEEP, FORK, SPAWN, BECOME, FAIL_TO_BECOME, EXIT, WAIT, WAIT_LONG, KILL, AWAIT, RUN, GO_TO, JUMP_BACK, PIPE_PAIR,
    OPEN_FILE, COUNTER, DUPLICATE, REPLACE, CLOSE, CLOSED_ON_EXEC, READ, WRITE, ADD_TO,
    SEEK, READY
} order_kind;

typedef struct {
    int32_t kind, a, b, c;
} order;

typedef struct {
    int32_t value;
    char text[60];
} answer;

static int me, own_places[PLACES], store[STORE];
static volatile int handled_user, handled_child;
static char *program;
static jump_point back;

static void count_signal(int number) {
    if (number == SIGNAL_USER1)
        handled_user++;
    else
        handled_child++;
}

static void reply(long long value, const char *text) {
    answer result = {(int32_t)value, {0}};
    if (value < 0) text = os_error;
    memcpy(result.text, text, strlen(text) + 1);
    os_write(line_of(me, ANSWER), &result, sizeof result);
}

static uint32_t sum_of(const void *bytes, size_t count) {
    uint32_t sum = 2166136261u;
    for (size_t i = 0; i < count; i++) sum = (sum ^ ((const unsigned char *)bytes)[i]) * 16777619u;
    return sum;
}

/* ---- what it can be ordered ---- */

__attribute__((noinline)) static int fork_below(int levels, int *pid) {
    volatile int local = levels;
    if (levels == 0) return *pid = os_fork(), 0;
    return fork_below(levels - 1, pid) + local;
}

__attribute__((noinline)) static int jump_below(int levels, int value) {
    volatile int local = levels;
    if (levels == 0) os_jump(&back, value);
    return jump_below(levels - 1, value) + local;
}

static void do_fork(int child, int levels) {
    int pid = -1, sum = fork_below(levels, &pid);
    if (pid != 0) return reply(pid, sum == levels * (levels + 1) / 2 ? "" : "wrong");
    me = child;
    handled_user = handled_child = 0;
}

/* The arguments with which a new program is this member or another one: what it will still have open. */
static char **heritage(int member, int closed, int replaced) {
    static char texts[PLACES + 1][24], *list[PLACES + 4];
    list[0] = program, list[1] = "member";
    for (int i = 0; i <= PLACES; i++) {
        int fd = i == 0 ? member : own_places[i - 1];
        if (i > 0 && (i - 1 == closed || (i - 1 != replaced && file_close_on_exec(fd) != 0))) fd = -1;
        memcpy(texts[i], fd < 0 ? "-" : outcome_of(fd).text, 24);
        list[i + 2] = texts[i];
    }
    list[PLACES + 3] = 0;
    return list;
}

static char *const environment[] = {"FAMILY=1", 0};

/* The child has as it is what is in the places; or without one of them; or with one of them in place of another as well. */
static void do_spawn(int child, int place, int onto) {
    os_action action = {.what = ACTION_CLOSE};
    if (place >= 0) action.fd = own_places[place];
    if (onto >= 0) action = (os_action){.what = ACTION_DUP, .fd = own_places[onto], .from = own_places[place]};
    char **list = heritage(child, onto < 0 ? place : -1, onto);
    reply(os_spawn(program, list, environment, &action, place >= 0, 0, 0), "");
}

/* A child that does nothing but end, made in one of three ways. */
static void do_run(int how, int code) {
    char *list[] = {program, "exit", "", 0}, text[24];
    int status = STILL_RUNNING;
    memcpy(text, outcome_of(code).text, sizeof text);
    list[2] = text;
    int pid = how == 0 ? os_fork() : how == 1 ? os_spawn(program, list, environment, 0, 0, 0, 0) : os_vfork();
    if (pid == 0) {
        if (how == 2) os_execute(program, list, environment);
        os_quit(code);
    }
    int got = wait_for(pid, 0, &status);
    reply(got < 0 ? got : got == pid, name_of_status(status).text);
}

static void do_wait(int pid, int flags) {
    int status, got = wait_for(pid, flags, &status);
    reply(got, name_of_status(status).text);
}

static void do_await(int user, int child) {
    for (int i = 0; i < 2000 && (handled_user < user || handled_child < child); i++) os_poll(0, 0, 5 * MILLISECONDS);
    reply(handled_user * 1000 + handled_child, "");
}

static void do_look(int pid, int parent) {
    char mark[2] = {0};
    int file = file_open(CURRENT, "mark", MAY_READ);
    os_read(file, mark, 1);
    os_close(file);
    int right = os_process_id() == pid && (parent == 0 || os_parent() == parent);
    reply(right, mark);
}

static void do_jump(int levels, int value) {
    int got = os_jump_set(&back);
    if (got == 0) jump_below(levels, value);
    reply(got, "");
}

static void do_open(int place, int file) {
    static char path[] = "../file-x";
    path[8] = (char)('a' + file);
    own_places[place] = file_open(CURRENT, path, MAY_READ | MAY_WRITE | CREATE | TRUNCATE);
    reply(own_places[place] < 0 ? -1 : 0, "");
}

static void do_pipe(int reader, int writer) {
    int ends[2] = {-1, -1}, error = os_pipe(ends);
    own_places[reader] = ends[0], own_places[writer] = ends[1];
    reply(error, "");
}

static void do_read(int place, int count) {
    unsigned char bytes[MOST_BYTES];
    long got;
    do got = os_read(own_places[place], bytes, (size_t)count);
    while (is_interrupted(got));
    reply(got, outcome_of(got < 0 ? 0 : sum_of(bytes, (size_t)got)).text);
}

static void do_write(int place, int count, int seed) {
    unsigned char bytes[MOST_BYTES];
    for (int i = 0; i < count; i++) bytes[i] = (unsigned char)(seed + i * 7);
    reply(os_write(own_places[place], bytes, (size_t)count), "");
}

static void do_ready(int place, int writes) {
    os_subscription one = {.fd = own_places[place], .writes = writes};
    int fired = os_poll(&one, 1, 0);
    reply(fired, fired > 0 && one.hangup ? "hangup" : "");
}

static void obey(order todo) {
    int a = todo.a, b = todo.b, c = todo.c;
    switch ((order_kind)todo.kind) {
    case LOOK: return do_look(a, b);
    case KEEP: store[a] = b; return reply(sum_of(store, sizeof store) & 0xffff, "");
    case FORK: return do_fork(a, b);
    case SPAWN: return do_spawn(a, b, c);
    case BECOME: return reply(os_execute(program, heritage(me, -1, -1), environment), "");
    case FAIL_TO_BECOME: return reply(os_execute("mark", heritage(me, -1, -1), environment), "");
    case EXIT: os_exit(a);
    case WAIT: return do_wait(a, NO_HANG);
    case WAIT_LONG: return do_wait(a, 0);
    case KILL: return reply(os_kill(a, b), "");
    case AWAIT: return do_await(a, b);
    case RUN: return do_run(a, b);
    case GO_TO: return reply(file_chdir(a == 0 ? "../one" : "../two"), "");
    case JUMP_BACK: return do_jump(a, b);
    case PIPE_PAIR: return do_pipe(a, b);
    case OPEN_FILE: return do_open(a, b);
    case COUNTER: own_places[a] = os_eventfd((uint64_t)b); return reply(own_places[a] < 0 ? -1 : 0, "");
    case DUPLICATE: own_places[b] = os_dup(own_places[a]); return reply(own_places[b] < 0 ? -1 : 0, "");
    case REPLACE: return reply(os_renumber(own_places[a], own_places[b]), "");
    case CLOSE: return reply(os_close(own_places[a]), "");
    case CLOSED_ON_EXEC: return reply(file_set_close_on_exec(own_places[a], b), "");
    case READ: return do_read(a, b);
    case WRITE: return do_write(a, b, c);
    case ADD_TO: return reply(counter_write(own_places[a], (uint64_t)b), "");
    case SEEK: return reply(file_seek(own_places[a], b, c), "");
    case READY: return do_ready(a, b);
    }
}

_Noreturn static void live(void) {
    os_handle(SIGNAL_USER1, count_signal);
    os_handle(SIGNAL_CHILD, count_signal);
    for (;;) {
        order todo;
        if (read_whole(line_of(me, HEAR), &todo, sizeof todo) != sizeof todo) os_exit(70);
        obey(todo);
    }
}

/* A member that is a new program. */
_Noreturn static void live_again(char **argv) {
    program = os_program(argv);
    me = (int)parse_number(argv[2]);
    for (int i = 0; i < PLACES; i++) own_places[i] = argv[3 + i][0] == '-' ? -1 : (int)parse_number(argv[3 + i]);
    live();
}

#endif
