/* Processes that fork and wait: what each has for itself, and who learns of whose end. What several processes print comes in
 * an order that they agreed on. What they share is in shares.c, signals between them in kills.c. */
#include "children.h"

enum { DEEP = 10, BIG = 200000 };

/* ---- fork and wait ---- */

static int answer_number(void) { return number; }
static int end_badly(void) { os_abort(); }

static void returns_twice(void) {
    print("fork returns twice\n");
    int own = os_process_id(), pid = os_fork_or_end();
    if (pid == 0) {
        print("  the child: another number %d, its parent is right %d\n", os_process_id() != own, os_parent() == own);
        os_exit(7);
    }
    show_end("the parent", pid);
    print("  still the same number %d\n", os_process_id() == own);
    static const int codes[] = {0, 1, 255, 256 + 3};
    for (int i = 0; i < 4; i++) {
        number = codes[i];
        show_end("code", child_of(answer_number));
    }
    show_end("a child that aborts", child_of(end_badly));
}

static void waits(void) {
    print("waits\n");
    int status, other;
    show("any without children", wait_for(ANY_CHILD, 0, &status));
    show("any, without waiting", wait_for(ANY_CHILD, NO_HANG, &status));
    show("the own number", wait_for(os_process_id(), 0, &status));
    os_pipe(gate);
    number = 21;
    int pid = child_of(wait_at_gate);
    show("running", wait_for(pid, NO_HANG, &status));
    show("running, any", wait_for(ANY_CHILD, NO_HANG, &status));
    number = 22;
    other = child_of(answer_number);
    int which = wait_for(ANY_CHILD, 0, &status);
    print("  any is the one that ended %d, %s\n", which == other, name_of_status(status).text);
    show("the other is running", wait_for(pid, NO_HANG, &status));
    if (os_fork_or_end() == 0) {
        show("a sibling is no child", wait_for(pid, NO_HANG, &status));
        os_exit(0);
    }
    show("one that only prints", wait_for(ANY_CHILD, 0, &status) > 0);
    open_gate();
    show_end("the first", pid);
    show_end("once more", pid);
    enum { MANY = 12 };
    int pids[MANY], sum = 0;
    for (number = 0; number < MANY; number++) pids[number] = child_of(answer_number);
    for (int i = MANY / 2 - 1; i >= 0; i--) sum += wait_for(pids[i], 0, &status) == pids[i] && status == i;
    for (int i = MANY / 2; i < MANY; i++) {
        which = wait_for(ANY_CHILD, 0, &status);
        for (int k = MANY / 2; k < MANY; k++) sum += which == pids[k] && status == k;
    }
    print("  %d of %d reaped\n", sum, MANY);
    show("none is left", wait_for(ANY_CHILD, 0, &status));
}

/* ---- memory ---- */

static volatile int global = 1;
static volatile char *heap;

static int spoil(int value, volatile int *on_stack) {
    int seen = global * 100 + *on_stack * 10 + heap[BIG - 1];
    global = *on_stack = value;
    for (size_t i = 0; i < BIG; i++) heap[i] = (char)value;
    return seen;
}

static void memory(void) {
    print("memory\n");
    volatile int on_stack = 2;
    heap = os_allocate(BIG);
    heap[BIG - 1] = 3;
    int pid = os_fork_or_end();
    if (pid == 0) {
        print("  the child sees %d\n", spoil(9, &on_stack));
        volatile char *more = os_allocate(8 * BIG);
        more[8 * BIG - 1] = 9;
        os_exit(heap[0] + global + on_stack);
    }
    show_end("its own", pid);
    print("  the parent has %d%d%d\n", global, on_stack, heap[BIG - 1]);
    os_pipe(gate);
    if ((pid = os_fork_or_end()) == 0) {
        wait_at_gate();
        os_exit(spoil(0, &on_stack) % 256);
    }
    spoil(5, &on_stack);
    open_gate();
    show_end("nothing comes later", pid);
}

__attribute__((noinline)) static int fork_below(int levels, int *pid) {
    volatile int local = levels * 3;
    if (levels == 0) return *pid = os_fork_or_end(), 0;
    return fork_below(levels - 1, pid) + local / 3;
}

static void recursion(void) {
    print("fork in a recursion\n");
    int pid = -1, sum = fork_below(DEEP, &pid);
    if (pid == 0) os_exit(sum);
    show_end("the child came back", pid);
    print("  so did the parent: %d\n", sum);

    static jump_point point;
    int value = os_jump_set(&point);
    if (value == 0) {
        if ((pid = os_fork_or_end()) == 0) os_jump(&point, 3);
        show_end("the child jumped", pid);
        os_jump(&point, 4);
    }
    if (value == 3) os_exit(value);
    print("  the parent jumped: %d\n", value);
}

/* ---- generations ---- */

static int tree(int levels) {
    int count = 1, pids[2], status;
    for (int i = 0; i < 2 && levels > 0; i++)
        if ((pids[i] = os_fork_or_end()) == 0) os_exit(tree(levels - 1));
    for (int i = 0; i < 2 && levels > 0; i++)
        if (wait_for(pids[i], 0, &status) == pids[i]) count += status;
    return count;
}

static int chain(int levels) {
    int status = 0, own = os_process_id(), pid = levels == 0 ? 0 : os_fork_or_end();
    if (levels == 0) return 1;
    if (pid == 0) os_exit(os_parent() == own ? chain(levels - 1) : 100);
    wait_for(pid, 0, &status);
    return status + 1;
}

static void generations(void) {
    print("generations\n");
    print("  one after the other: %d\n", chain(5));
    print("  a tree of %d\n", tree(5));
    int sum = 0, status;
    for (number = 0; number < 200; number++)
        if (wait_for(child_of(answer_number), 0, &status) > 0) sum += status;
    print("  two hundred in a row: %d\n", sum);

    int ends[2], pid;
    os_pipe(ends);
    if ((pid = os_fork_or_end()) == 0) {
        int own = os_process_id();
        if (os_fork_or_end() != 0) os_exit(0);
        for (int i = 0; i < 2000 && os_parent() == own; i++) os_sleep(MILLISECONDS);
        char changed = os_parent() != own ? 'y' : 'n';
        os_write(ends[1], &changed, 1);
        os_exit(0);
    }
    os_close(ends[1]);
    show_end("a child that leaves its own behind", pid);
    char changed = 0;
    read_whole(ends[0], &changed, 1);
    print("  the orphan has another parent: %c\n", changed);
    show("and ends", read_whole(ends[0], &changed, 1));
    os_close(ends[0]);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    returns_twice();
    waits();
    memory();
    recursion();
    generations();
    return 0;
}
