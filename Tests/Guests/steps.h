/* What the differential walks share: the command line, a stream of random numbers for each step, and a transcript of
 * one line a step, `NUMBER what was done -> what came of it`.
 *
 * Usage of every walk: NAME SEED STEPS [FROM-TO,FROM-TO...]
 * With ranges only the steps in them are done. Each step draws from a stream of its own, made of seed and number, so
 * leaving others out does not change what it draws: a difference can be cut down to the few steps that matter. */
#ifndef STEPS_H
#define STEPS_H

#include "portable.h"

static uint64_t step_stream;
/* The step being done, from 1; 0 while the walk is prepared, STEPS + 1 while it is wound up. */
static uint64_t step_number;

static uint64_t mixed(uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
    return value ^ (value >> 31);
}

/* A number below `below`. */
static uint32_t pick(uint32_t below) {
    step_stream += 0x9e3779b97f4a7c15ull;
    return (uint32_t)(mixed(step_stream) >> 32) % below;
}

/* ---- the transcript ---- */

static char step_line[16384];
static size_t step_used;

static void flush_line(void) {
    for (size_t done = 0; done < step_used;) {
        long count = os_write(1, step_line + done, step_used - done);
        if (count < 0) break;
        done += (size_t)count;
    }
    step_used = 0;
}

/* Adds to the line of the step. Only the thread that walks says anything. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...) {
    va_list arguments;
    if (step_used + 1024 > sizeof step_line) flush_line();
    va_start(arguments, format);
#ifdef __wasm__
    step_used += format_text(step_line + step_used, sizeof step_line - step_used, format, arguments);
#else
    step_used += (size_t)vsnprintf(step_line + step_used, sizeof step_line - step_used, format, arguments);
#endif
    va_end(arguments);
}

static void say_result(long long value) { say(" -> %s", outcome_of(value).text); }

/* ---- the walk ---- */

static void do_step(uint64_t seed, uint64_t number, void (*step)(void)) {
    step_number = number;
    step_stream = mixed(seed * 0x9e3779b97f4a7c15ull + number);
    say("%llu", (unsigned long long)number);
    step();
    say("\n");
    flush_line();
}

/* The next range of `text`, which moves on; false at the end. */
static int next_range(const char **text, uint64_t *from, uint64_t *to) {
    if (**text == 0) return 0;
    *from = parse_number(*text);
    while (**text >= '0' && **text <= '9') ++*text;
    *to = *from;
    if (**text == '-') {
        *to = parse_number(++*text);
        while (**text >= '0' && **text <= '9') ++*text;
    }
    if (**text == ',') ++*text;
    return 1;
}

/* Prepares, does the steps asked for, winds up; what `guest_main` answers. */
static int walk_steps(int argc, char **argv, void (*prepare)(void), void (*step)(void), void (*wind_up)(void)) {
    if (argc < 3 || argc > 4) return 64;
    uint64_t seed = parse_number(argv[1]), steps = parse_number(argv[2]), from = 1, to = steps;
    do_step(seed, 0, prepare);
    const char *ranges = argc == 4 ? argv[3] : "";
    if (argc == 3)
        for (uint64_t number = from; number <= to; number++) do_step(seed, number, step);
    while (next_range(&ranges, &from, &to))
        for (uint64_t number = from; number <= to && number <= steps; number++) do_step(seed, number, step);
    do_step(seed, steps + 1, wind_up);
    return 0;
}

#endif
