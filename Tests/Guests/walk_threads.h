/* Steps in which several threads wait on one thing. What is said of them does not depend on who came first: which events
 * came back, all threads taken together, and how many threads woke. Whether a thread sleeps already when the thing
 * happens makes no difference to that either, so nobody needs to know. */
#ifndef WALK_THREADS_H
#define WALK_THREADS_H

#include "walk_bytes.h"
#include "walk_epoll.h"

enum { WORKERS = 4, STOP_TOKEN = 0, JOB_REPORTS = MOST_REPORTS };
static const uint64_t worker_patience = 20000 * MILLISECONDS;

typedef struct worker {
    os_thread thread;
    os_condition begins;
    void (*job)(struct worker *);
    int fd, room;
    /* How long an epoll wait may take, and what a writer writes. */
    uint64_t patience, value;
    /* What the job found, for sorting with the others': events, or a byte or count as a token. */
    report reports[JOB_REPORTS];
    int count;
    os_event events[JOB_REPORTS];
    os_subscription polls[WORKERS];
} worker;

static worker workers[WORKERS];
static os_mutex workers_lock = OS_MUTEX_INIT;
static os_condition job_ended = OS_CONDITION_INIT;
static int ended_jobs, fruitful_jobs;

static void work(void *argument) {
    worker *self = argument;
    os_lock(&workers_lock);
    for (;;) {
        while (self->job == 0) os_condition_wait(&self->begins, &workers_lock);
        os_unlock(&workers_lock);
        self->job(self);
        os_lock(&workers_lock);
        self->job = 0;
        ended_jobs++;
        fruitful_jobs += self->count > 0;
        os_condition_signal(&job_ended);
    }
}

static void start_workers(int count, void (*job)(worker *), int fd, int room) {
    os_lock(&workers_lock);
    ended_jobs = fruitful_jobs = 0;
    for (int i = 0; i < count; i++) {
        worker *one = &workers[i];
        if (one->thread.body == 0) os_thread_start(&one->thread, work, one);
        one->fd = fd, one->room = room, one->count = 0;
        one->job = job;
        os_condition_signal(&one->begins);
    }
    os_unlock(&workers_lock);
}

static void wait_until(const int *number, int count) {
    os_lock(&workers_lock);
    while (*number < count) os_condition_wait(&job_ended, &workers_lock);
    os_unlock(&workers_lock);
}

static void wait_for_workers(int count) { wait_until(&ended_jobs, count); }

/* Says what all of them found, sorted. Their jobs must have ended. */
static void say_found(int count) {
    static report all[WORKERS * JOB_REPORTS];
    int total = 0;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < workers[i].count; j++) all[total++] = workers[i].reports[j];
    sort_reports(all, total);
    say_reports(all, total);
}

static void found(worker *self, uint64_t token, uint32_t bits) { self->reports[self->count++] = (report){token, bits}; }

/* ---- jobs ---- */

static void job_wait(worker *self) {
    int count = os_epoll_wait(self->fd, self->events, self->room, worker_patience);
    for (int i = 0; i < count; i++) found(self, event_token(&self->events[i]), event_bits(&self->events[i]));
    if (count <= 0) found(self, ~(uint64_t)0, 0);
}

/* Finds nothing when its time is up. */
static void job_wait_for_a_time(worker *self) {
    int count = os_epoll_wait(self->fd, self->events, 1, self->patience);
    for (int i = 0; i < count; i++) found(self, event_token(&self->events[i]), event_bits(&self->events[i]));
    if (count < 0) found(self, ~(uint64_t)0, 0);
}

static void job_put(worker *self) {
    long done = os_write(self->fd, &self->value, sizeof self->value);
    found(self, done == sizeof self->value ? self->value : ~(uint64_t)0, 0);
}

/* As many bytes as its value. */
static void job_send(worker *self) {
    static unsigned char data[MOST_BYTES];
    long done = os_write(self->fd, data, self->value);
    found(self, (uint64_t)done, 0);
}

static void job_take(worker *self) {
    uint64_t value = 0;
    long done = os_read(self->fd, &value, sizeof value);
    found(self, done == sizeof value ? value : ~(uint64_t)0, 0);
}

static void job_read_byte(worker *self) {
    unsigned char byte = 0;
    long done = os_read(self->fd, &byte, 1);
    found(self, done == 1 ? byte : 1000 + (uint64_t)done, 0);
}

static void job_poll(worker *self) {
    int done = os_poll(self->polls, self->room, worker_patience);
    for (int i = 0; i < self->room; i++)
        if (done > 0 && self->polls[i].fired) found(self, (uint64_t)i, (uint32_t)self->polls[i].hangup);
    if (done <= 0) found(self, ~(uint64_t)0, 0);
}

/* ---- steps ---- */

/* Several threads take from an instance of the walk at the same time. An event that stays makes sure that every one of
 * them finds something. */
static void race(void) {
    int index = instance_slot(), count = 2 + (int)pick(WORKERS - 1), stop = os_eventfd(1);
    int room = kind_of(index) == HOST_INSTANCE ? JOB_REPORTS : 1 + (int)pick(3);
    os_epoll_ctl(slots[index].fd, ADD, stop, IN, STOP_TOKEN);
    start_workers(count, job_wait, slots[index].fd, room);
    wait_for_workers(count);
    os_close(stop);
    say(" race of %d at %d %s for %d ->", count, index, name_of(index), room);
    say_found(count);
}

/* One thing to watch that is not ready, and how to make it so. */
typedef struct {
    int fds[2];
    int watched;
    uint32_t mask;
    int how;
} trigger;

enum { BY_COUNT, BY_BYTE, BY_PACKET, BY_TCP, BY_CLOSE, BY_ADD, BY_MOD, WAYS };

static trigger new_trigger(uint32_t mode) {
    trigger it = {.fds = {-1, -1}, .how = (int)pick(WAYS), .mask = IN | mode};
    switch (it.how) {
    case BY_BYTE: os_pipe(it.fds); break;
    case BY_PACKET: os_socketpair(it.fds); break;
    case BY_TCP: connected_pair(it.fds); break;
    case BY_CLOSE: os_pipe(it.fds); break;
    default: it.fds[0] = os_eventfd(it.how == BY_ADD || it.how == BY_MOD);
    }
    it.watched = it.fds[0];
    return it;
}

static void watch_trigger(int ep, trigger *it, uint64_t token) {
    if (it->how == BY_ADD) return;
    os_epoll_ctl(ep, ADD, it->watched, it->how == BY_MOD ? EDGE : it->mask, token);
}

static void pull(int ep, trigger *it, uint64_t token) {
    uint64_t one = 1;
    switch (it->how) {
    case BY_COUNT: os_write(it->fds[0], &one, sizeof one); break;
    case BY_BYTE: case BY_PACKET: case BY_TCP: os_write(it->fds[1], "x", 1); break;
    case BY_CLOSE: os_close(it->fds[1]), it->fds[1] = -1; break;
    case BY_ADD: os_epoll_ctl(ep, ADD, it->watched, it->mask, token); break;
    case BY_MOD: os_epoll_ctl(ep, MOD, it->watched, it->mask, token); break;
    }
}

static void end_trigger(trigger *it) {
    os_close(it->fds[0]);
    if (it->fds[1] >= 0) os_close(it->fds[1]);
}

/* Threads wait; each event that is reported once wakes one of them; what was deleted before it happened wakes nobody.
 * With levels, what happens does so in the innermost of a chain of instances, one thing after the other. */
static void one_each(void) {
    int count = 2 + (int)pick(WORKERS - 1), events = 1 + (int)pick((uint32_t)count), levels = (int)pick(4);
    int chain[4], deleted = pick(4) == 0 ? (int)pick((uint32_t)events) : -1, woken = 0, stop = os_eventfd(0);
    trigger triggers[WORKERS];
    for (int i = 0; i <= levels; i++) chain[i] = os_epoll();
    for (int i = 0; i < levels; i++) os_epoll_ctl(chain[i + 1], ADD, chain[i], IN | EDGE, 77);
    os_epoll_ctl(chain[levels], ADD, stop, IN, STOP_TOKEN);
    for (int i = 0; i < events; i++) {
        triggers[i] = new_trigger(pick(2) ? EDGE : EDGE | ONESHOT);
        watch_trigger(chain[0], &triggers[i], (uint64_t)i + 1);
    }
    start_workers(count, job_wait, chain[levels], 1);
    for (int i = 0; i < events; i++) {
        if (i == deleted && triggers[i].how != BY_ADD && triggers[i].how != BY_MOD) {
            os_epoll_ctl(chain[0], DEL, triggers[i].watched, 0, 0);
            pull(chain[0], &triggers[i], (uint64_t)i + 1);
            continue;
        }
        pull(chain[0], &triggers[i], (uint64_t)i + 1);
        woken++;
        if (levels > 0) wait_for_workers(woken);
    }
    wait_for_workers(woken);
    uint64_t one = 1;
    os_write(stop, &one, sizeof one);
    wait_for_workers(count);
    say(" %d threads, %d events, %d levels ->", count, events, levels);
    say_found(count);
    for (int i = 0; i < events; i++) end_trigger(&triggers[i]);
    for (int i = 0; i <= levels; i++) os_close(chain[i]);
    os_close(stop);
}

/* What stays ready wakes everyone, through any number of instances. */
static void everyone(void) {
    int count = 2 + (int)pick(WORKERS - 1), levels = (int)pick(4), chain[4];
    trigger one = new_trigger(0);
    for (int i = 0; i <= levels; i++) chain[i] = os_epoll();
    for (int i = 0; i < levels; i++) os_epoll_ctl(chain[i + 1], ADD, chain[i], IN, 77);
    watch_trigger(chain[0], &one, 5);
    start_workers(count, job_wait, chain[levels], 1 + (int)pick(3));
    pull(chain[0], &one, 5);
    wait_for_workers(count);
    say(" %d threads, %d levels, for everyone ->", count, levels);
    say_found(count);
    end_trigger(&one);
    for (int i = 0; i <= levels; i++) os_close(chain[i]);
}

/* A semaphore lets one in for each count; a plain counter is taken whole. */
static void take_counts(void) {
    int count = 2 + (int)pick(WORKERS - 1), whole = (int)pick(2), left = count, given = 0;
    int fd = whole ? os_eventfd(0) : os_semaphore(0);
    start_workers(count, job_take, fd, 0);
    while (left > 0) {
        uint64_t value = whole ? 1 + pick(1000) : 1 + pick((uint32_t)left);
        os_write(fd, &value, sizeof value);
        given += whole ? 1 : (int)value;
        left = count - given;
        if (whole || pick(2)) wait_for_workers(given);
    }
    wait_for_workers(count);
    say(" %d threads take from a %s ->", count, whole ? "counter" : "semaphore");
    say_found(count);
    os_nonblocking(fd);
    uint64_t rest = 0;
    say_result(os_read(fd, &rest, sizeof rest));
    os_close(fd);
}

/* Each byte goes to one reader, and the end to all that are left. */
static void take_bytes(void) {
    static const char *const names[] = {"pipe", "pair", "connection"};
    int count = 2 + (int)pick(WORKERS - 1), given = (int)pick((uint32_t)count + 1), ends[2], which = (int)pick(3);
    unsigned char data[WORKERS];
    for (int i = 0; i < WORKERS; i++) data[i] = (unsigned char)(i + 1);
    if (which == 0) os_pipe(ends);
    else if (which == 1) os_socketpair(ends);
    else connected_pair(ends);
    start_workers(count, job_read_byte, ends[0], 0);
    for (int done = 0; done < given;) {
        int size = 1 + (int)pick((uint32_t)(given - done));
        os_write(ends[1], data + done, (size_t)size);
        done += size;
    }
    wait_for_workers(given);
    os_close(ends[1]);
    wait_for_workers(count);
    say(" %d threads, %d bytes of a %s ->", count, given, names[which]);
    say_found(count);
    os_close(ends[0]);
}

/* Threads poll the same things; all learn of the one that becomes ready. */
static void poll_together(void) {
    int count = 2 + (int)pick(WORKERS - 1), things = 1 + (int)pick(WORKERS), chosen = (int)pick((uint32_t)things);
    trigger triggers[WORKERS];
    int ep = os_epoll(), nested = (int)pick(3) == 0;
    for (int i = 0; i < things; i++) {
        do triggers[i] = new_trigger(0);
        while ((triggers[i].how == BY_ADD || triggers[i].how == BY_MOD) && (end_trigger(&triggers[i]), 1));
        if (nested && i == chosen) watch_trigger(ep, &triggers[i], 1);
    }
    for (int i = 0; i < count; i++)
        for (int j = 0; j < things; j++)
            workers[i].polls[j] = (os_subscription){.fd = nested && j == chosen ? ep : triggers[j].fds[0]};
    start_workers(count, job_poll, -1, things);
    pull(ep, &triggers[chosen], 1);
    wait_for_workers(count);
    say(" %d threads poll %d%s ->", count, things, nested ? " and an instance" : "");
    say_found(count);
    for (int i = 0; i < things; i++) end_trigger(&triggers[i]);
    os_close(ep);
}

/* Threads wait to count up a counter that is all but full. Room is for all of them; what does not fit for one may for
 * another. A plain counter is taken whole, a semaphore as often as all of them need. */
static void put_counts(void) {
    int count = 2 + (int)pick(WORKERS - 1), whole = (int)pick(2), sum = 0;
    uint64_t full = UINT64_MAX - 1, taken = 0, one = 1;
    int fd = whole ? os_eventfd(0) : os_semaphore(0);
    os_write(fd, &full, sizeof full);
    for (int i = 0; i < count; i++) sum += (int)(workers[i].value = 1 + pick(5));
    start_workers(count, job_put, fd, 0);
    if (pick(2)) os_sleep(MILLISECONDS / 4);
    for (int i = 0; i < (whole ? 1 : sum); i++) os_read(fd, &taken, sizeof taken);
    wait_for_workers(count);
    os_nonblocking(fd);
    say(" %d threads put into a %s ->", count, whole ? "counter" : "semaphore");
    say_found(count);
    // One more is too much for the semaphore, and the counter has what all of them put in.
    long done = whole ? os_read(fd, &taken, sizeof taken) : os_write(fd, &one, sizeof one);
    say_result(done);
    if (whole) say(" %d of %d", (int)taken, sum);
    os_close(fd);
}

/* Threads wait for room in a stream, each with more than fits or with little; all is read in the end. */
static void put_bytes(void) {
    static const char *const names[] = {"pipe", "pair", "connection"};
    int count = 2 + (int)pick(WORKERS - 1), ends[2], which = (int)pick(3);
    long sum = 0, total = 0, got = 1;
    if (which == 0) os_pipe(ends);
    else if (which == 1) os_socketpair(ends);
    else connected_pair(ends);
    for (int i = 0; i < count; i++) sum += (long)(workers[i].value = 40000 + pick(MOST_BYTES - 40000));
    // Whoever comes first leaves less room for the others.
    start_workers(count, job_send, ends[1], 0);
    if (pick(2)) os_sleep(MILLISECONDS / 4);
    while (total < sum && got > 0) total += got = os_read(ends[0], bytes, 1 + pick(MOST_BYTES));
    wait_for_workers(count);
    say(" %d threads send into a %s ->", count, names[which]);
    say_found(count);
    say(" %d of %d", (int)total, (int)sum);
    os_close(ends[0]), os_close(ends[1]);
}

/* Some threads wait for a short time only, and leave when things happen. What they are woken for and do not take, others
 * take. */
static void leave_early(void) {
    int hasty = 1 + (int)pick(WORKERS / 2), patient = WORKERS - hasty, events = 1 + (int)pick((uint32_t)patient);
    int ep = os_epoll(), stop = os_eventfd(0);
    uint64_t patience = 1 + pick(600) * 1000, one = 1;
    trigger triggers[WORKERS];
    os_epoll_ctl(ep, ADD, stop, IN, STOP_TOKEN);
    for (int i = 0; i < events; i++) {
        triggers[i] = new_trigger(EDGE);
        watch_trigger(ep, &triggers[i], (uint64_t)i + 1);
    }
    for (int i = 0; i < WORKERS; i++) workers[i].patience = i < hasty ? patience : worker_patience;
    start_workers(WORKERS, job_wait_for_a_time, ep, 1);
    os_sleep(patience);
    for (int i = 0; i < events; i++) pull(ep, &triggers[i], (uint64_t)i + 1);
    // Somebody takes each of them, before anything else happens.
    wait_until(&fruitful_jobs, events);
    os_write(stop, &one, sizeof one);
    wait_for_workers(WORKERS);
    // How many are left for the last event depends on who was in time.
    for (int i = 0; i < WORKERS; i++)
        if (workers[i].count == 1 && workers[i].reports[0].token == STOP_TOKEN) workers[i].count = 0;
    say(" %d hasty and %d patient threads, %d events ->", hasty, patient, events);
    say_found(WORKERS);
    for (int i = 0; i < events; i++) end_trigger(&triggers[i]);
    os_close(ep), os_close(stop);
}

static void thread_step(void) {
    switch (pick(9)) {
    case 0: return race();
    case 1: return one_each();
    case 2: return everyone();
    case 3: return take_counts();
    case 4: return take_bytes();
    case 5: return put_counts();
    case 6: return put_bytes();
    case 7: return leave_early();
    default: return poll_together();
    }
}

#endif
