/* Reads and writes variables of each thread's own that another module defines, and defines one that others use.
 * Built for: global-dynamic. */
#include "library.h"

extern __thread int main_own;
__thread int other_own = 11;
int other_reads(void) { return main_own; }
void other_writes(int value) { main_own = value; }
int *other_finds(void) { return &main_own; }
int other_counts(void) { return other_own++; }

WITH_STORAGE
