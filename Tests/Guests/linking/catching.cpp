/* The part of `catches` that is C++: what the program catches of its library, and throws through it. */
#include "libraries/throwing.h"

extern "C" {
extern void throw_number(int), throw_problem(int), throw_special(int), throw_text(int);
extern int throw_outcome(Body, int);
extern void throw_passes(Body, int, int *), throw_again(Body, int, int *);

int left;

int caught_number(int value) { return outcome(throw_number, value); }
int caught_problem(int value) { return outcome(throw_problem, value); }
int caught_special(int value) { return outcome(throw_special, value); }
int caught_text(int value) { return outcome(throw_text, value); }

static void own_special(int code) { throw Special(code); }
static void own_number(int number) { throw number; }
int library_caught_special(int value) { return throw_outcome(own_special, value); }
int library_caught_number(int value) { return throw_outcome(own_number, value); }

/* Through a function of the library, whose object is destroyed on the way. */
static void through(int value) { throw_passes(own_special, value, &left); }
int caught_through(int value) { return outcome(through, value); }
static void again(int value) { throw_again(through, value, &left); }
int caught_again(int value) { return outcome(again, value); }

/* One while another is being handled. */
int caught_inside(int value) {
    try {
        throw_number(value);
    } catch (int first) {
        int second = outcome(throw_problem, first + 1);
        return second * 100 + first;
    }
    return -1;
}

/* Through a pointer that was looked up. */
int caught_by(Body body, int value) { return outcome(body, value); }
}
