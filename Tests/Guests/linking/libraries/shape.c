/* Needs base. */
#include "library.h"

extern int base_value, *base_pointer;
int base_call(int which, int value);
int base_triple(int value);
void base_bump(void);

int shape_area(int width, int height) { return width * height; }
int shape_sees_base(void) { return base_value * 10 + (base_pointer == &base_value); }
int (*shape_gives_triple(void))(int) { return base_triple; }
int (*shape_gives_doubled(void))(int) { return main_doubled; }
int shape_calls(int value) { return base_call(0, value) + base_call(2, value); }
void shape_bumps(void) { base_bump(); }

/* Defined by a library that is loaded later. */
extern int late_value __attribute__((weak));
int late_function(int value) __attribute__((weak));
int shape_asks_late(int value) { return late_function(value); }
int shape_knows_late(void) { return &late_value != 0; }

__attribute__((constructor)) static void begin(void) { say("shape begins"); }
