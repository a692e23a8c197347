/* What the first process knows of the family: who lives, who is whose child, and what everybody has open. */
#ifndef FAMILY_MODEL_H
#define FAMILY_MODEL_H

#include "../steps.h"
#include "family_member.h"

enum { OBJECTS = 24, FILES = 4, PIPE_ROOM = 4096, NOBODY = -1, PATIENCE = 20000 };

typedef enum { FREE, ALIVE, ENDED } life;
typedef enum { UNUSED, PIPE, REGULAR, EVENTS } object_kind;

typedef struct {
    int object, end, closed_on_exec;
} place;

typedef struct {
    life life;
    int pid, parent, user_signals, child_signals;
    place places[PLACES];
} member;

typedef struct {
    object_kind kind;
    long held; /* bytes in a pipe, or a counter's value */
} object;

static member members[MEMBERS];
static object objects[OBJECTS];

/* ---- who ---- */

static int is_alive(int m) { return members[m].life == ALIVE; }
static int is_child(int c, int parent) { return members[c].life != FREE && members[c].parent == parent; }

/* One of those that fit, NOBODY when none does. */
static int pick_member(int (*fits)(int m, int other), int other) {
    int fitting[MEMBERS], count = 0;
    for (int m = 0; m < MEMBERS; m++)
        if (fits(m, other)) fitting[count++] = m;
    return count == 0 ? NOBODY : fitting[pick((uint32_t)count)];
}
static int fits_alive(int m, int other) { return is_alive(m) && m != other; }
static int fits_free(int m, int other) { return members[m].life == FREE && m != other; }
static int fits_known(int m, int other) { return members[m].life != FREE && m != other; }
static int fits_living_child(int m, int parent) { return is_child(m, parent) && is_alive(m); }
static int fits_ended_child(int m, int parent) { return is_child(m, parent) && !is_alive(m); }
static int fits_no_child(int m, int parent) { return members[m].life != FREE && !is_child(m, parent); }

static int count_members(int (*fits)(int m, int other), int other) {
    int count = 0;
    for (int m = 0; m < MEMBERS; m++) count += fits(m, other);
    return count;
}

static int member_of_pid(int pid) {
    for (int m = 0; m < MEMBERS; m++)
        if (members[m].life != FREE && members[m].pid == pid) return m;
    return NOBODY;
}

/* ---- what ---- */

static int holds(int m, int object, int end) {
    int count = 0;
    for (int i = 0; i < PLACES && is_alive(m); i++)
        count += members[m].places[i].object == object && members[m].places[i].end == end;
    return count;
}

static int holders(int object, int end) {
    int count = 0;
    for (int m = 0; m < MEMBERS; m++) count += holds(m, object, end);
    return count;
}

/* One that has this end, other than `m`. */
static int other_holder(int m, int object, int end) {
    for (int other = 0; other < MEMBERS; other++)
        if (other != m && holds(other, object, end) > 0) return other;
    return NOBODY;
}

static int place_with(int m, int object, int end) {
    for (int i = 0; i < PLACES; i++)
        if (members[m].places[i].object == object && members[m].places[i].end == end) return i;
    return NOBODY;
}

static int free_object(void) {
    for (int i = 0; i < OBJECTS; i++)
        if (objects[i].kind == UNUSED || holders(i, 0) + holders(i, 1) == 0) return i;
    return NOBODY;
}

static int pick_place(int m, int is_open, int other) {
    int fitting[PLACES], count = 0;
    for (int i = 0; i < PLACES; i++)
        if ((members[m].places[i].object >= 0) == is_open && i != other) fitting[count++] = i;
    return count == 0 ? NOBODY : fitting[pick((uint32_t)count)];
}

static const char *name_of(int m, int at) {
    place here = members[m].places[at];
    return objects[here.object].kind == REGULAR  ? "file"
           : objects[here.object].kind == EVENTS ? "counter"
           : here.end == 0                       ? "reader"
                                                 : "writer";
}

static void forget_places(int m) {
    for (int i = 0; i < PLACES; i++) members[m].places[i] = (place){NOBODY, 0, 0};
}

/* What a new program does not have. */
static void close_on_exec(int m) {
    for (int i = 0; i < PLACES; i++)
        if (members[m].places[i].closed_on_exec) members[m].places[i] = (place){NOBODY, 0, 0};
}

/* ---- orders ---- */

static void give_order(int m, order_kind kind, int a, int b, int c) {
    order todo = {kind, a, b, c};
    os_write(line_of(m, ORDER), &todo, sizeof todo);
}

static answer hear(int m) {
    os_subscription one = {.fd = line_of(m, COLLECT)};
    answer result;
    int count;
    do count = os_poll(&one, 1, PATIENCE * MILLISECONDS);
    while (is_interrupted(count));
    if (count != 1 || read_whole(line_of(m, COLLECT), &result, sizeof result) != sizeof result) {
        say(" no answer of %d\n", m);
        flush_line();
        os_exit(70);
    }
    return result;
}

static answer ask(int m, order_kind kind, int a, int b, int c) {
    give_order(m, kind, a, b, c);
    return hear(m);
}

static int say_answer(answer heard) {
    if (heard.value < 0)
        say(" -> %s", heard.text);
    else
        say(" -> %d%s%s", heard.value, heard.text[0] ? " " : "", heard.text);
    return heard.value;
}

/* ---- ends ---- */

/* Until nothing is left of an orphan: it is this process's own to wait for, or nobody's. */
static void see_off(int pid) {
    int status;
    for (int i = 0; i < PATIENCE; i++) {
        wait_for(pid, NO_HANG, &status);
        if (os_kill(pid, 0) < 0) return;
        os_sleep(MILLISECONDS);
    }
    say(" still there");
}

/* Waits until a member has had the signals it must have had by now, and says how many it had. */
static void await_signals(int m) {
    answer heard = ask(m, AWAIT, members[m].user_signals, members[m].child_signals, 0);
    say(", %d was told %d %d", m, heard.value / 1000, heard.value % 1000);
}

static void leaves_children(int m) {
    for (int c = 0; c < MEMBERS; c++) {
        if (!is_child(c, m)) continue;
        members[c].parent = NOBODY;
        if (is_alive(c)) continue;
        members[c].life = FREE;
        see_off(members[c].pid);
    }
}

/* A member ends, or has been told to. Nothing goes on until its parent knows of it, or nobody does any more. */
static void has_ended(int m) {
    int parent = members[m].parent;
    members[m].life = parent == NOBODY ? FREE : ENDED;
    forget_places(m);
    if (parent == NOBODY) {
        see_off(members[m].pid);
    } else {
        members[parent].child_signals++;
        await_signals(parent);
    }
    leaves_children(m);
}

/* What each new member has of its parent. */
static void add_member(int c, int parent, int pid) {
    members[c] = members[parent];
    members[c].pid = pid;
    members[c].parent = parent;
    members[c].user_signals = members[c].child_signals = 0;
}

static void look_at(int m) {
    int parent = members[m].parent;
    say_answer(ask(m, LOOK, members[m].pid, parent == NOBODY ? 0 : members[parent].pid, 0));
}

#endif
