/* Steps on epoll instances, and polls. */
#ifndef WALK_EPOLL_H
#define WALK_EPOLL_H

#include "walk_model.h"

enum { MOST_REPORTS = 512 };

static uint32_t some_mask(void) {
    static const uint32_t masks[] = {IN, OUT, IN | OUT, IN | RDHUP, IN | OUT | RDHUP, RDHUP, 0, IN, IN};
    uint32_t mask = masks[pick(sizeof masks / sizeof masks[0])];
    if (pick(2)) mask |= EDGE;
    if (pick(5) == 0) mask |= ONESHOT;
    return mask;
}

/* An instance that may watch what `target` is. */
static int watching_slot(int target) {
    int index = instance_slot(), host = KEPT / 2 + (int)pick(KEPT / 2);
    return is_host_backed(target) && kind_of(index) != HOST_INSTANCE ? host : index;
}

static void control(void) {
    static const char *const names[] = {"add", "add", "add", "mod", "mod", "del"};
    // Instances watch each other more often than chance would have it.
    int target = pick(5) == 0 ? instance_slot() : open_slot();
    int ep = watching_slot(target), choice = (int)pick(6);
    int op = choice < 3 ? ADD : choice < 5 ? MOD : DEL;
    uint32_t mask = some_mask();
    // What happens below is an edge for the instance that hears of it, but whether one that is over before anybody looks is
    // an edge also for those that watch the instance is not promised: they see levels.
    if (kind_of(target) == HOST_INSTANCE) mask &= ~(uint32_t)EDGE;
    int fd = pick(60) == 0 ? NO_DESCRIPTOR : slots[target].fd;
    int done = os_epoll_ctl(slots[ep].fd, op, fd, mask, step_number);
    say(" %s %d %s to %d, %s%s%s", names[choice], target, fd == NO_DESCRIPTOR ? "no descriptor" : name_of(target), ep,
        names_of(mask & ~(uint32_t)(EDGE | ONESHOT)).text, mask & EDGE ? " edge" : "", mask & ONESHOT ? " oneshot" : "");
    say_result(done);
}

/* ---- reports ---- */

typedef struct {
    uint64_t token;
    uint32_t bits;
} report;

static int comes_before(const report *a, const report *b) {
    return a->token != b->token ? a->token < b->token : a->bits < b->bits;
}

static void sort_reports(report *reports, int count) {
    for (int i = 1; i < count; i++) {
        report moved = reports[i];
        int at = i;
        for (; at > 0 && comes_before(&moved, &reports[at - 1]); at--) reports[at] = reports[at - 1];
        reports[at] = moved;
    }
}

static void say_reports(const report *reports, int count) {
    for (int i = 0; i < count; i++)
        say(" [%llu %s]", (unsigned long long)reports[i].token, names_of(reports[i].bits).text);
}

static void say_wait(int index, int room, uint64_t nanoseconds) {
    static os_event events[MOST_REPORTS];
    static report reports[MOST_REPORTS];
    int count = os_epoll_wait(slots[index].fd, events, room, nanoseconds);
    say_result(count);
    for (int i = 0; i < count; i++) reports[i] = (report){event_token(&events[i]), event_bits(&events[i])};
    if (kind_of(index) == HOST_INSTANCE) sort_reports(reports, count);
    say_reports(reports, count);
}

static void wait_for_events(void) {
    static const int rooms[] = {1, 1, 2, 3, 5, 64, 64, MOST_REPORTS};
    int index = instance_slot(), room = rooms[pick(8)];
    if (kind_of(index) == HOST_INSTANCE) room = MOST_REPORTS;
    uint64_t patience = pick(40) == 0 ? MILLISECONDS / 2 : 0;
    say(" wait %d %s for %d%s", index, name_of(index), room, patience ? " patiently" : "");
    say_wait(index, room, patience);
}

/* ---- polls ---- */

static int knows_bytes(int index) {
    switch (kind_of(index)) {
    case PIPE: return slots[index].end == 0;
    case LISTENER: return 0;
    default: return is_socket(index);
    }
}

static void poll_some(void) {
    enum { MOST = 8 };
    os_subscription all[MOST] = {0};
    int chosen[MOST], count = 1 + (int)pick(MOST), fired = 0;
    say(" poll");
    for (int i = 0; i < count; i++) {
        chosen[i] = open_slot();
        all[i].fd = pick(60) == 0 ? NO_DESCRIPTOR : slots[chosen[i]].fd;
        all[i].writes = (int)pick(2);
        say(" %d%s%s", chosen[i], all[i].writes ? "w" : "r", all[i].fd == NO_DESCRIPTOR ? "!" : "");
    }
    for (int patient = 0; patient < 2; patient++) {
        // Where something is ready a patient call answers at once, else it waits for the clock.
        int done = os_poll(all, count, !patient ? 0 : fired > 0 ? 10000 * MILLISECONDS : MILLISECONDS / 2);
        fired = 0;
        say_result(done);
        for (int i = 0; i < count; i++) {
            if (!all[i].fired) continue;
            fired++;
            say(" [%d %s%s", i, all[i].error, all[i].hangup ? " hangup" : "");
            if (!all[i].writes && all[i].fd != NO_DESCRIPTOR && knows_bytes(chosen[i])) say(" %d", (int)all[i].bytes);
            say("]");
        }
        if (pick(8) != 0) break;
    }
}

#endif
