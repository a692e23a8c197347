/* setjmp and longjmp without a libc: the compiler turns them into an exception of the kind `__c_longjmp`. */
#ifdef __wasm__
typedef unsigned long jump_place[8];
int setjmp(unsigned long *place) __attribute__((returns_twice));
_Noreturn void longjmp(unsigned long *place, int value);
#else
#include <setjmp.h>
typedef jmp_buf jump_place;
#endif
