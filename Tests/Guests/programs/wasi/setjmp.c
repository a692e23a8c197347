/* What clang calls in place of setjmp and longjmp. A frame is the address of a variable in the function that called
 * setjmp, a label the place in it. */
#include "setjmp.h"

void __wasm_setjmp(jmp_buf target, unsigned label, void *frame) {
    target->frame = frame;
    target->label = label;
}

/* The label to go on at, 0 when it is not one of this frame's. */
unsigned __wasm_setjmp_test(jmp_buf target, void *frame) { return target->frame == frame ? target->label : 0; }

void __wasm_longjmp(jmp_buf target, int value) {
    target->thrown.target = target;
    target->thrown.value = value ? value : 1;
    /* Tag 1 is what setjmp catches. */
    __builtin_wasm_throw(1, &target->thrown);
}
