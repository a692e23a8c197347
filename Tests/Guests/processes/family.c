/* A seeded random walk over a family of processes: they fork, end, wait for each other, send signals, start programs, jump,
 * and share pipes, files and event counters as they were inherited.
 *
 * The first process tells the members one after the other what to do, and says what they answer; so two systems that behave
 * alike print the same transcript. Processes are named by the place they have in the family, descriptors by kind.
 * Needs a directory to work in, with write access; a guest also its own file there, by the name it was started with.
 * Usage: see steps.h */
#include "family_model.h"

static int ask_and_say(int m, order_kind kind, int a, int b, int c) { return say_answer(ask(m, kind, a, b, c)); }

/* ---- new members and new programs ---- */

/* The answer to an order to make member `c`; what it has of `m` is corrected by the caller. */
static int joins(int c, int m, answer heard) {
    if (heard.value <= 0) return say_answer(heard), 0;
    if (heard.text[0] != 0) say(" %s", heard.text);
    add_member(c, m, heard.value);
    return 1;
}

static void fork_one(int m) {
    int c = pick_member(fits_free, NOBODY), levels = (int)pick(8);
    if (c == NOBODY) return say(" full");
    say(" forks %d", c);
    if (joins(c, m, ask(m, FORK, c, levels, 0))) look_at(c);
}

static void spawn_one(int m) {
    int c = pick_member(fits_free, NOBODY), from = NOBODY, onto = NOBODY;
    if (c == NOBODY) return say(" full");
    if (pick(3) != 0) from = pick_place(m, 1, NOBODY);
    if (from != NOBODY && pick(2) == 0) onto = pick_place(m, 1, NOBODY);
    say(" spawns %d", c);
    if (!joins(c, m, ask(m, SPAWN, c, from, onto))) return;
    place *places = members[c].places;
    if (onto != NOBODY)
        places[onto] = (place){places[from].object, places[from].end, 0};
    else if (from != NOBODY)
        places[from].object = NOBODY;
    close_on_exec(c);
    look_at(c);
}

static void become_another(int m) {
    say(" becomes another program");
    if (pick(5) == 0) return (void)ask_and_say(m, FAIL_TO_BECOME, 0, 0, 0);
    give_order(m, BECOME, 0, 0, 0);
    close_on_exec(m);
    members[m].user_signals = members[m].child_signals = 0;
    look_at(m);
}

static void run_one(int m) {
    static const char *const names[] = {"forks", "spawns", "vforks"};
    int how = (int)pick(3);
    say(" %s and waits", names[how]);
    if (ask_and_say(m, RUN, how, (int)pick(256), 0) == 1) members[m].child_signals++;
}

/* ---- ends ---- */

static void end_one(int m) {
    if (m == 0) return say(" stays");
    say(" ends");
    give_order(m, EXIT, (int)pick(300), 0, 0);
    has_ended(m);
}

static void reap(int m, int c, order_kind kind) {
    say(" waits for %d", c);
    answer heard = ask(m, kind, members[c].pid, 0, 0);
    if (heard.value > 0) {
        say(" -> %d %s", member_of_pid(heard.value), heard.text);
        members[c].life = FREE;
    } else {
        say_answer(heard);
    }
}

/* All that have ended: which of them comes first is the system's choice. */
static void reap_any(int m) {
    int count = count_members(fits_ended_child, m);
    char ends[MEMBERS][60] = {0};
    say(" waits for any");
    if (count == 0) return (void)ask_and_say(m, WAIT, ANY_CHILD, 0, 0);
    while (count-- > 0) {
        answer heard = ask(m, count % 2 ? WAIT : WAIT_LONG, ANY_CHILD, 0, 0);
        int c = heard.value > 0 ? member_of_pid(heard.value) : NOBODY;
        if (c == NOBODY) return (void)say_answer(heard);
        memcpy(ends[c], heard.text, sizeof heard.text);
        members[c].life = FREE;
    }
    for (int c = 0; c < MEMBERS; c++)
        if (ends[c][0] != 0) say(" -> %d %s", c, ends[c]);
}

/* It waits before the child ends. */
static void wait_for_end(int m, int c) {
    say(" waits until %d ends", c);
    give_order(m, WAIT_LONG, members[c].pid, 0, 0);
    give_order(c, EXIT, (int)pick(300), 0, 0);
    answer heard = hear(m);
    say(" -> %d %s", heard.value == members[c].pid, heard.text);
    members[c].life = FREE;
    members[m].child_signals++;
    forget_places(c);
    leaves_children(c);
}

static void wait_one(int m) {
    int ended = pick_member(fits_ended_child, m), living = pick_member(fits_living_child, m);
    int other = pick_member(fits_no_child, m);
    switch (pick(6)) {
    case 0: return reap_any(m);
    case 1: if (living != NOBODY) return wait_for_end(m, living); break;
    case 2: if (living != NOBODY) return reap(m, living, WAIT); break;
    case 3: if (other != NOBODY) return reap(m, other, WAIT); break;
    }
    if (ended == NOBODY) return reap_any(m);
    reap(m, ended, pick(2) ? WAIT : WAIT_LONG);
}

static void kill_one(int m) {
    static const int numbers[] = {0, SIGNAL_USER1, SIGNAL_USER1, SIGNAL_CONTINUE, SIGNAL_TERMINATE, SIGNAL_KILL};
    int target = pick_member(fits_known, pick(4) ? m : NOBODY);
    int number = numbers[pick(target == 0 ? 4 : 6)];
    if (target == NOBODY) return say(" has nobody");
    int dies = is_alive(target) && (number == SIGNAL_TERMINATE || number == SIGNAL_KILL);
    say(" sends %d to %d", number, target);
    give_order(m, KILL, members[target].pid, number, 0);
    if (target != m || !dies) say_answer(hear(m));
    if (dies) return has_ended(target);
    if (number != SIGNAL_USER1 || !is_alive(target)) return;
    members[target].user_signals++;
    await_signals(target);
}

/* ---- a member's own ---- */

static void keep(int m) {
    int at = (int)pick(STORE), value = (int)pick(1000);
    say(" keeps");
    ask_and_say(m, KEEP, at, value, 0);
}

static void look(int m) {
    say(" looks");
    look_at(m);
    await_signals(m);
}

static void go_somewhere(int m) {
    int where = (int)pick(2);
    say(" goes to %d", where + 1);
    ask_and_say(m, GO_TO, where, 0, 0);
}

static void jump(int m) {
    int levels = (int)pick(12), value = (int)pick(5);
    say(" jumps");
    ask_and_say(m, JUMP_BACK, levels, value, 0);
}

/* ---- descriptors ---- */

static void make(int m) {
    int made = free_object(), first = pick_place(m, 0, NOBODY), second = pick_place(m, 0, first);
    object_kind kind = (object_kind)(PIPE + pick(4) % 3);
    if (made == NOBODY || first == NOBODY || (kind == PIPE && second == NOBODY)) return say(" full");
    int number = (int)pick(FILES);
    objects[made] = (object){kind, kind == EVENTS ? number : 0};
    members[m].places[first] = (place){made, 0, 0};
    if (kind == PIPE) members[m].places[second] = (place){made, 1, 0};
    say(" makes a %s", kind == PIPE ? "pipe" : name_of(m, first));
    ask_and_say(m, kind == PIPE ? PIPE_PAIR : kind == REGULAR ? OPEN_FILE : COUNTER, first, kind == PIPE ? second : number, 0);
}

static void duplicate(int m, int from) {
    int to = pick_place(m, 0, NOBODY);
    if (to == NOBODY) return say(" full");
    say(" duplicates");
    ask_and_say(m, DUPLICATE, from, to, 0);
    members[m].places[to] = (place){members[m].places[from].object, members[m].places[from].end, 0};
}

static void replace(int m, int from) {
    int to = pick_place(m, 1, from);
    if (to == NOBODY) return say(" has one");
    say(" replaces a %s", name_of(m, to));
    ask_and_say(m, REPLACE, from, to, 0);
    members[m].places[to] = (place){members[m].places[from].object, members[m].places[from].end, 0};
}

static void close_one(int m, int at) {
    say(" closes");
    ask_and_say(m, CLOSE, at, 0, 0);
    members[m].places[at] = (place){NOBODY, 0, 0};
}

static void mark(int m, int at) {
    members[m].places[at].closed_on_exec = (int)pick(2);
    say(" is closed on exec: %d", members[m].places[at].closed_on_exec);
    ask_and_say(m, CLOSED_ON_EXEC, at, members[m].places[at].closed_on_exec, 0);
}

static void ready(int m, int at) {
    say(" ready");
    ask_and_say(m, READY, at, members[m].places[at].end, 0);
}

/* What a read waits for comes from another member, or ends with it. */
static void cross(int m, int at, int count) {
    place here = members[m].places[at];
    object *what = &objects[here.object];
    int is_pipe = what->kind == PIPE, other = other_holder(m, here.object, is_pipe);
    if (other == NOBODY) return ready(m, at);
    int end = place_with(other, here.object, is_pipe), is_last = is_pipe && holders(here.object, 1) == 1;
    int size = is_pipe ? 1 + (int)pick(64) : 1 + (int)pick(9), how = is_last ? (int)pick(3) : 0;
    give_order(m, READ, at, count, 0);
    if (how == 2 && other != 0) {
        say(" until %d ends", other);
        give_order(other, EXIT, 0, 0, 0);
    } else if (how != 0) {
        say(" until %d closes", other);
        ask_and_say(other, CLOSE, end, 0, 0);
        members[other].places[end] = (place){NOBODY, 0, 0};
    } else {
        say(" until %d writes", other);
        ask_and_say(other, is_pipe ? WRITE : ADD_TO, end, size, (int)step_number);
        what->held = size;
    }
    answer heard = hear(m);
    say_answer(heard);
    what->held = is_pipe && heard.value > 0 ? what->held - heard.value : 0;
    if (how == 2 && other != 0) has_ended(other);
}

static void read_one(int m, int at) {
    place here = members[m].places[at];
    object *what = &objects[here.object];
    int count = what->kind == EVENTS ? 8 : 1 + (int)pick(MOST_BYTES);
    say(" reads");
    if (what->kind == EVENTS && what->held == 0) return cross(m, at, count);
    if (what->kind == PIPE && here.end == 0 && what->held == 0 && holders(here.object, 1) > 0) return cross(m, at, count);
    int got = ask_and_say(m, READ, at, count, 0);
    if (what->kind == EVENTS) what->held = 0;
    if (what->kind == PIPE && got > 0) what->held -= got;
}

static void write_one(int m, int at) {
    place here = members[m].places[at];
    object *what = &objects[here.object];
    int count = 1 + (int)pick(MOST_BYTES), is_writer = what->kind == PIPE && here.end == 1;
    say(" writes");
    if (is_writer && holders(here.object, 0) > 0 && what->held + count > PIPE_ROOM) return ready(m, at);
    int done = what->kind == EVENTS ? ask_and_say(m, ADD_TO, at, count, 0)
                                    : ask_and_say(m, WRITE, at, count, (int)step_number);
    if (what->kind == EVENTS) what->held += count;
    if (is_writer && done > 0) what->held += done;
}

static void seek(int m, int at) {
    if (objects[members[m].places[at].object].kind == EVENTS) return ready(m, at);
    int offset = (int)pick(600), origin = (int)pick(2);
    say(" seeks");
    ask_and_say(m, SEEK, at, offset, origin);
}

/* ---- the walk ---- */

static void step(void) {
    static void (*const all[])(int m) = {fork_one, fork_one, fork_one, spawn_one, become_another, run_one, end_one, wait_one,
                                         wait_one, kill_one, kill_one, keep, look, go_somewhere, jump, make, make};
    static void (*const with_place[])(int m, int at) = {duplicate, replace, close_one, mark, ready, seek, read_one,
                                                        read_one, read_one, write_one, write_one, write_one};
    int m = pick_member(fits_alive, NOBODY), at = pick_place(m, 1, NOBODY);
    say(" %d", m);
    if (at == NOBODY || pick(2) == 0) return all[pick(sizeof all / sizeof all[0])](m);
    say(" %s", name_of(m, at));
    with_place[pick(sizeof with_place / sizeof with_place[0])](m, at);
}

static void prepare(void) {
    file_mkdir(CURRENT, "one"), file_mkdir(CURRENT, "two");
    write_file("one/mark", "1"), write_file("two/mark", "2");
    os_make_executable("one/mark"), os_make_executable("two/mark");
    file_chdir("one");
    os_adopt_orphans();
    for (int line = 0; line < 2 * MEMBERS; line++) {
        int ends[2];
        os_pipe(ends);
        for (int end = 0; end < 2; end++) {
            os_renumber(ends[end], FIRST_LINE + 2 * line + end);
            os_close(ends[end]);
        }
    }
    for (int i = 0; i < PLACES; i++) own_places[i] = -1;
    int pid = os_fork_or_end();
    if (pid == 0) live();
    members[0] = (member){.life = ALIVE, .pid = pid, .parent = NOBODY};
    forget_places(0);
    look_at(0);
}

static void wind_up(void) {
    for (int m = MEMBERS - 1; m > 0; m--)
        if (is_alive(m)) give_order(m, EXIT, 0, 0, 0), has_ended(m);
    int status = STILL_RUNNING;
    give_order(0, EXIT, 0, 0, 0);
    int pid = wait_for(members[0].pid, 0, &status);
    say(" -> %d %s", pid == members[0].pid, name_of_status(status).text);
    leaves_children(0);
    say_result(wait_for(ANY_CHILD, NO_HANG, &status));
    static char path[] = "../file-x";
    for (int i = 0; i < FILES; i++) path[8] = (char)('a' + i), file_unlink(CURRENT, path);
    file_chdir("..");
    file_unlink(CURRENT, "one/mark"), file_unlink(CURRENT, "two/mark");
    file_rmdir(CURRENT, "one"), file_rmdir(CURRENT, "two");
}

int guest_main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "member") == 0) live_again(argv);
    if (argc > 2 && strcmp(argv[1], "exit") == 0) return (int)parse_number(argv[2]);
    program = os_program(argv);
    return walk_steps(argc, argv, prepare, step, wind_up);
}
