/* Needed by others: data, pointers to data and functions in data, a constructor. */
#include "library.h"

int base_value = 41;
int *base_pointer = &base_value;
static int triple(int value) { return 3 * value; }
int base_triple(int value) { return triple(value); }
int (*base_functions[3])(int) = {triple, base_triple, main_doubled};
const char *base_names[2] = {"first", "second"};

int base_call(int which, int value) { return base_functions[which](value); }
void base_bump(void) { base_value++; main_counter++; }

__attribute__((constructor)) static void begin(void) { say("base begins"); }
