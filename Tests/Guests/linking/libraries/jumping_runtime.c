/* wasm only: what the compiler calls for setjmp and longjmp (as wasi-libc's rt.c). A part of the program jumps. */
typedef struct {
    void *call;
    unsigned label;
    struct {
        void *place;
        int value;
    } thrown;
} jump_record;

void __wasm_setjmp(jump_record *record, unsigned label, void *call) {
    record->call = call;
    record->label = label;
}

unsigned __wasm_setjmp_test(jump_record *record, void *call) { return record->call == call ? record->label : 0; }

_Noreturn void __wasm_longjmp(jump_record *record, int value) {
    record->thrown.place = record;
    record->thrown.value = value == 0 ? 1 : value;
    __builtin_wasm_throw(1, &record->thrown);
}
