/* Jump points and jumps, setjmp's kind: what comes back and what stays. */
#include "processes.h"

#define NOT_INLINED __attribute__((noinline))
enum { DEEP = 30, MANY = 10000, BIG_FRAME = 1024 };

static jump_point outer, inner, again;
static volatile int counted, is_waiting;

/* A frame of its own on each level, at whose end is what `last` does. */
NOT_INLINED static int descend(int levels, void (*last)(int), int argument) {
    volatile char frame[BIG_FRAME];
    frame[levels] = (char)levels;
    if (levels == 0) {
        last(argument);
        return frame[0];
    }
    return descend(levels - 1, last, argument) + frame[levels];
}

NOT_INLINED static void frame_address(volatile size_t *address) {
    volatile char local = 0;
    *address = (size_t)&local;
}

static void nothing(int value) { (void)value; }
static void jump_outer(int value) { os_jump(&outer, value); }
static void jump_inner(int value) { os_jump(&inner, value); }

static void values(void) {
    print("values\n");
    static const int sent[] = {1, 2, 0, -1, 2147483647, -2147483647, 0};
    static volatile size_t next;
    next = 0;
    int value = os_jump_set(&outer);
    print("  the point answers %d\n", value);
    if (next < sizeof sent / sizeof sent[0]) os_jump(&outer, sent[next++]);
}

/* Variables that do not change keep their values also in registers; what is in memory keeps its changes. */
NOT_INLINED static void variables(int seven) {
    print("variables\n");
    static int in_data;
    volatile int on_stack = seven;
    int *allocated = os_allocate(sizeof(int));
    int kept = seven * 6;
    uint64_t wide = 0x123456789abcdefull * (uint64_t)seven;
    double real = seven / 2.0;
    in_data = *allocated = seven;
    int round = os_jump_set(&outer);
    print("  data %d, stack %d, heap %d\n", in_data, on_stack, *allocated);
    print("  kept %d %llu %d\n", kept, (unsigned long long)wide, (int)(real * 100));
    if (round == 3) return;
    in_data++;
    on_stack++;
    ++*allocated;
    descend(round, jump_outer, round + 1);
}

static void out_of_recursion(void) {
    print("out of a recursion\n");
    int value = os_jump_set(&outer);
    print("  %d\n", value);
    if (value < DEEP) descend(value + 1, jump_outer, value + 1 == 4 ? DEEP : value + 1);
    print("  a call that returns: %d\n", descend(DEEP, nothing, 0) == DEEP * (DEEP + 1) / 2);
}

NOT_INLINED static void one_point(void) {
    print("one point, many jumps\n");
    static volatile uint64_t sum;
    counted = 0;
    int value = os_jump_set(&again);
    sum += (uint64_t)value;
    if (counted < MANY) {
        counted++;
        if (counted % 4 == 0) descend(counted % DEEP, nothing, 0);
        os_jump(&again, counted);
    }
    print("  %d jumps, the values add up to %llu\n", counted, (unsigned long long)sum);
}

NOT_INLINED static void many_points(void) {
    print("many points\n");
    static volatile int jumps;
    for (volatile int i = 0; i < MANY; i++) {
        if (os_jump_set(&again) == 0) {
            if (i % 2 == 0) os_jump(&again, i + 1);
        } else {
            jumps++;
        }
    }
    print("  %d points, %d jumps\n", MANY, jumps);
}

NOT_INLINED static void inside(int how) {
    int value = os_jump_set(&inner);
    print("  inner %d\n", value);
    if (value == 0) descend(3, jump_inner, 5);
    if (value == 5) descend(5, how == 0 ? jump_inner : jump_outer, 6);
    print("  inner returns\n");
}

static void nested(void) {
    print("nested points\n");
    int value = os_jump_set(&outer);
    print("  outer %d\n", value);
    if (value == 0) {
        inside(0);
        inside(1);
    }
    if (value == 6) {
        inside(0);
        os_jump(&outer, 7);
    }
    /* A copy of a point is the point. */
    static jump_point first, copy;
    static volatile int round;
    value = os_jump_set(&first);
    print("  first %d\n", value);
    copy = first;
    if (round++ < 2) os_jump(&copy, round + 10);
    /* One that is on the stack. */
    jump_point local;
    value = os_jump_set(&local);
    print("  local %d\n", value);
    if (value < 3) os_jump(&local, value + 1);
}

/* What the walk through frames costs must be given back each time. */
static void stack(void) {
    print("the stack pointer\n");
    volatile size_t before, after;
    frame_address(&before);
    for (volatile int i = 0; i < 1000; i++)
        if (os_jump_set(&again) == 0) descend(DEEP, nothing, 0), os_jump(&again, 1);
    frame_address(&after);
    print("  after 1000 jumps as before: %d\n", after == before);
    for (volatile int i = 0; i < 1000; i++)
        if (os_jump_set(&outer) == 0) descend(DEEP, jump_outer, 1);
    frame_address(&after);
    print("  out of deep calls: %d\n", after == before);
    print("  deep calls: %d\n", descend(6 * DEEP, nothing, 0) != 0);
}

/* ---- signals ---- */

static void jump_from_wait(int number) {
    (void)number;
    counted++;
    if (!is_waiting) return;
    is_waiting = 0;
    os_jump(&outer, 17);
}

static void jump_at_once(int number) {
    counted++;
    descend(4, jump_outer, number);
}

/* A handler with a point of its own, that returns or goes on to the other one. */
static void with_point(int number) {
    volatile int rounds = 0;
    int value = os_jump_set(&inner);
    counted++;
    if (rounds++ < 3) descend(rounds, jump_inner, value + 1);
    print("  in the handler: %d\n", value);
    if (number == SIGNAL_USER2) os_jump(&outer, value + 20);
}

static void out_of_handlers(void) {
    print("out of a handler in a wait\n");
    int ends[2], ep = os_epoll();
    os_event event;
    os_pipe(ends);
    os_epoll_ctl(ep, ADD, ends[0], IN, 1);
    os_on_signals(jump_from_wait);
    for (volatile int i = 0; i < 3; i++) {
        int value = os_jump_set(&outer);
        if (value == 0) {
            counted = 0;
            is_waiting = 1;
            os_alarm(20 * MILLISECONDS, 1);
            if (i == 0) os_epoll_wait(ep, &event, 1, FOREVER);
            if (i == 1) os_read(ends[0], &event, 1);
            for (;;) os_sleep(MILLISECONDS);
        }
        os_alarm(0, 0);
        print("  wait %d: %d, handled: %d\n", i, value, counted > 0);
    }
    os_write(ends[1], "x", 1);
    show_wait("waits go on", ep, 1, FOREVER);
    os_close(ends[0]), os_close(ends[1]), os_close(ep);

    print("out of one that was raised\n");
    os_on_signals(jump_at_once);
    for (volatile int i = 0; i < 3; i++) {
        counted = 0;
        int value = os_jump_set(&outer);
        if (value == 0) os_raise(i == 1 ? SIGNAL_USER2 : SIGNAL_USER1);
        print("  %s, handled %d\n", value == SIGNAL_USER1 ? "USR1" : value == SIGNAL_USER2 ? "USR2" : "?", counted);
    }

    print("a point in a handler\n");
    os_on_signals(with_point);
    counted = 0;
    int value = os_jump_set(&outer);
    print("  outside: %d\n", value);
    if (value == 0) {
        show("raise", os_raise(SIGNAL_USER1));
        os_raise(SIGNAL_USER2);
    }
    print("  handled in %d goes\n", counted);
    os_on_signals(0);
}

/* ---- another thread ---- */

static jump_point in_thread;
static volatile int thread_jumps;

static void jump_in_thread(int value) { os_jump(&in_thread, value); }

static void thread_body(void *argument) {
    (void)argument;
    int value = os_jump_set(&in_thread);
    thread_jumps = value;
    if (value < 100) descend(value % 10, jump_in_thread, value + 1);
}

static void in_a_thread(void) {
    print("in another thread\n");
    static os_thread other;
    int value = os_jump_set(&outer);
    if (value == 0) {
        os_thread_start(&other, thread_body, 0);
        os_thread_join(&other);
        print("  %d jumps there\n", thread_jumps);
        descend(DEEP, jump_outer, 1);
    }
    print("  here: %d\n", value);
}

int guest_main(int argc, char **argv) {
    (void)argv;
    values();
    variables(6 + argc);
    out_of_recursion();
    one_point();
    many_points();
    nested();
    stack();
    out_of_handlers();
    in_a_thread();
    return 0;
}
