/* What the libraries here share. They are built without a libc, and for this machine as ordinary ones. */
#define EXPORT __attribute__((visibility("default")))

/* Of the main program. */
void say(const char *text);
extern int main_counter;
int main_doubled(int value);

#ifdef __wasm__
/* As wasix-libc's scrt1.c: a thread's own storage of the library. */
void *aligned_alloc(__SIZE_TYPE__ alignment, __SIZE_TYPE__ size);
void __wasm_init_tls(void *storage);
#define WITH_STORAGE                                                                                                   \
    __attribute__((export_name("__wasix_init_tls"))) __SIZE_TYPE__ __wasix_init_tls(void) {                            \
        void *storage = aligned_alloc(__builtin_wasm_tls_align(), __builtin_wasm_tls_size());                          \
        __wasm_init_tls(storage);                                                                                      \
        return (__SIZE_TYPE__)storage;                                                                                 \
    }
#else
#define WITH_STORAGE
#endif
