/* A seeded random walk over setjmp and longjmp. Each step is a tree of calls: a frame sets a point, calls others, returns, jumps
 * to any point that is still there (its own, or one of those that called it), forks, or raises a signal whose handler does the
 * same. Each frame looks after each jump whether what it keeps on its stack and in its registers is as it left it.
 *
 * What a child of a fork says, it says before its parent goes on.
 * Usage: see steps.h */
#include "processes.h"

#include "../steps.h"

#define NOT_INLINED __attribute__((noinline))
enum { DEEPEST = 12, ACTIONS = 60, CHILD_ACTIONS = 8, PADDING = 200 };

static jump_point points[DEEPEST];
/* Signals that were being handled when the point was set: a jump to it leaves the others. */
static volatile int handled[DEEPEST];
static volatile int handling, deepest, budget, generation;

/* Something of every frame that no other has. */
static uint64_t mark_of(int depth) { return mixed((uint64_t)depth + step_number * 16); }

NOT_INLINED static int frame(int depth);

/* As a guest it hears of the end of a child as well. */
static void take_signal(int number) {
    if (number != SIGNAL_USER1 && number != SIGNAL_USER2) return;
    if (deepest + 1 < DEEPEST) say(" handled %d", frame(deepest + 1));
}

static void leap(int depth) {
    int to = (int)pick((uint32_t)depth + 1), value = (int)pick(100);
    say(" %d>%d", depth, to);
    os_jump(&points[to], value);
}

/* The child goes on where it is; it ends when the frames of the step have returned. */
static void fork_here(void) {
    int pid = os_fork_or_end(), status = STILL_RUNNING;
    if (pid == 0) {
        step_used = 0;
        generation++;
        say("  child %d", generation);
        if (budget > CHILD_ACTIONS) budget = CHILD_ACTIONS;
        return;
    }
    wait_for(pid, 0, &status);
    say(" child %s", name_of_status(status).text);
}

static void raise_one(void) {
    if (handling > 1) return say(" enough signals");
    int number = handling == 0 ? SIGNAL_USER1 : SIGNAL_USER2;
    handling++;
    os_raise(number);
    handling--;
}

NOT_INLINED static int frame(int depth) {
    volatile uint64_t padding[PADDING];
    volatile int rounds = 0;
    uint64_t kept = mark_of(depth);
    double half = depth / 2.0;
    int before = deepest;
    for (int i = 0; i < PADDING; i++) padding[i] = kept + (uint64_t)i;
    say(" (");
    handled[depth] = handling;
    int value = os_jump_set(&points[depth]);
    deepest = depth;
    handling = handled[depth];
    if (value != 0) say(" %d", value);
    if (kept != mark_of(depth) || half * 2 != depth) say(" registers lost");
    for (int i = 0; i < PADDING; i++)
        if (padding[i] != kept + (uint64_t)i) return say(" stack lost at %d", i), -1;
    for (; budget > 0; rounds++) {
        budget--;
        switch (pick(8)) {
        case 0:
        case 1:
        case 2:
            if (depth + 1 < DEEPEST) say(" %d", frame(depth + 1));
            break;
        case 3: leap(depth); break;
        case 4: goto done;
        case 5: raise_one(); break;
        case 6:
            if (handling == 0 && generation < 2) fork_here();
            break;
        default: padding[pick(PADDING)] += 0;
        }
    }
done:
    say(")");
    deepest = before;
    return depth * 100 + rounds;
}

static void step(void) {
    budget = ACTIONS, deepest = -1, handling = generation = 0;
    say(" = %d", frame(0));
    if (generation == 0) return;
    say("\n");
    flush_line();
    os_exit((int)pick(200));
}

static void prepare(void) { os_on_signals(take_signal); }
static void wind_up(void) { os_on_signals(0); }

int guest_main(int argc, char **argv) { return walk_steps(argc, argv, prepare, step, wind_up); }
