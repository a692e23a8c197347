/* setjmp for a C library that has none: clang turns it into WebAssembly exceptions (-mllvm -wasm-enable-sjlj). */
#pragma once

typedef struct {
    void *frame;
    unsigned label;
    struct {
        void *target;
        int value;
    } thrown;
} jmp_buf[1], sigjmp_buf[1];

int setjmp(jmp_buf) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf, int);

/* There is no signal mask to save. */
#define sigsetjmp(target, mask) setjmp(target)
#define siglongjmp longjmp
