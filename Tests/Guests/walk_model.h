/* What a walk knows of the world it made: descriptors by slot, and what they refer to. Transcripts name descriptors by
 * slot and kind, never by number. */
#ifndef WALK_MODEL_H
#define WALK_MODEL_H

#include "steps.h"

enum { SLOTS = 64, OBJECTS = 96, NO_DESCRIPTOR = 100000 };
/* Slots of instances that are never closed: two that watch what lives in this process, two that watch anything. */
enum { KEPT = 4 };

/* A plain instance watches only what lives in one process, and reports in the order in which things became ready. What a
 * host instance watches may become ready in the system below, between two looks: its events are compared as a set. */
typedef enum {
    UNUSED, PIPE, PAIR, PACKETS, COUNTER, SEMAPHORE, INSTANCE, HOST_INSTANCE, FIFO, TCP, LISTENER, UDP, NAMED_STREAM,
    NAMED_PACKETS, KINDS
} kind;

/* `holders` are the open descriptors of each end; the rest keeps sockets small. */
typedef struct {
    kind kind;
    int holders[2];
    long unread[2];
    int writes[2];
    /* Connected to a listener and not accepted yet. */
    int waits_for_accept;
    int port;
} object;

typedef struct {
    int fd, object, end;
} slot;

static object objects[OBJECTS];
static slot slots[SLOTS];

static int is_open(int index) { return slots[index].fd >= 0; }
static object *object_of(int index) { return &objects[slots[index].object]; }
static kind kind_of(int index) { return object_of(index)->kind; }
static int is_instance(int index) { return kind_of(index) == INSTANCE || kind_of(index) == HOST_INSTANCE; }
/* Whether its events come from the system below. */
static int is_host_backed(int index) { return kind_of(index) >= HOST_INSTANCE; }
static int is_packets(kind kind) { return kind == PACKETS || kind == UDP || kind == NAMED_PACKETS; }
static int is_socket(int index) {
    return kind_of(index) == PAIR || kind_of(index) == PACKETS || kind_of(index) > FIFO;
}

static const char *name_of(int index) {
    static const char *const names[KINDS][2] = {
        {"-", "-"},           {"reader", "writer"},   {"left", "right"},         {"sender", "receiver"},
        {"counter", 0},       {"semaphore", 0},       {"epoll", 0},              {"hostepoll", 0},
        {"fifo", "samefifo"}, {"client", "server"}, {"listener", 0},        {"near", "far"},          {"caller", "called"},
        {"post", "box"}};
    return names[kind_of(index)][slots[index].end];
}

static int free_slots(void) {
    int count = 0;
    for (int i = 0; i < SLOTS; i++) count += !is_open(i);
    return count;
}

static int free_object(void) {
    for (int i = 0; i < OBJECTS; i++)
        if (objects[i].kind == UNUSED) return i;
    return -1;
}

/* An open slot. The draw is a place to begin, so that it means the same slot whether or not others are open. */
static int open_slot(void) {
    int index = (int)pick(SLOTS);
    while (!is_open(index)) index = (index + 1) % SLOTS;
    return index;
}

static int instance_slot(void) {
    int index = open_slot(), kept = (int)pick(KEPT);
    return is_instance(index) ? index : kept;
}

static void set_slot(int index, int fd, int which, int end) {
    slots[index] = (slot){fd, which, end};
    objects[which].holders[end]++;
    say(" %d=%s", index, name_of(index));
}

/* Puts a new descriptor into a free slot near a drawn one. */
static void fill_slot(int fd, int which, int end) {
    int index = (int)pick(SLOTS);
    while (is_open(index)) index = (index + 1) % SLOTS;
    set_slot(index, fd, which, end);
}

/* The slot's descriptor is closed, or stands for something else from now on. */
static void empty_slot(int index) {
    object *it = object_of(index);
    it->holders[slots[index].end]--;
    if (it->holders[0] + it->holders[1] == 0 && !it->waits_for_accept) it->kind = UNUSED;
    slots[index].fd = -1;
}

#endif
