/* What a guest without a libc still needs: a start, memory and string functions, printing, threads, locks.
 *
 * Include it once, in the one file of the guest, and define `int guest_main(int argc, char **argv)`.
 * Build with shared, imported memory (see build.sh beside this file). */
#ifndef WASIX_RUNTIME_H
#define WASIX_RUNTIME_H

#include <stdarg.h>

#include "wasix.h"

int guest_main(int argc, char **argv);

/* ---- memory and strings; the compiler itself calls the first four ---- */

#define NO_BUILTIN __attribute__((used, no_builtin))

NO_BUILTIN void *memcpy(void *restrict to, const void *restrict from, size_t count) {
    char *target = to;
    const char *source = from;
    for (size_t i = 0; i < count; i++) target[i] = source[i];
    return to;
}

NO_BUILTIN void *memmove(void *to, const void *from, size_t count) {
    char *target = to;
    const char *source = from;
    if (target <= source)
        for (size_t i = 0; i < count; i++) target[i] = source[i];
    else
        for (size_t i = count; i > 0; i--) target[i - 1] = source[i - 1];
    return to;
}

NO_BUILTIN void *memset(void *to, int value, size_t count) {
    char *target = to;
    for (size_t i = 0; i < count; i++) target[i] = (char)value;
    return to;
}

NO_BUILTIN int memcmp(const void *a, const void *b, size_t count) {
    const unsigned char *left = a, *right = b;
    for (size_t i = 0; i < count; i++)
        if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
    return 0;
}

NO_BUILTIN size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

NO_BUILTIN int strcmp(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

static inline uint64_t parse_number(const char *text) {
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (uint64_t)(*text - '0');
    return value;
}

/* Memory that is never given back: from the end of the data upwards, growing the memory as needed. */
extern char __heap_base;
static wasix_size runtime_break;

static void *allocate(size_t size) {
    wasix_size unset = 0, round = 15;
    __atomic_compare_exchange_n(&runtime_break, &unset, ((wasix_size)&__heap_base + round) & ~round, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    wasix_size start = __atomic_fetch_add(&runtime_break, (size + round) & ~round, __ATOMIC_SEQ_CST);
    wasix_size end = start + size;
    while (end > __builtin_wasm_memory_size(0) * 65536) {
        if (__builtin_wasm_memory_grow(0, 16) == (size_t)-1) __builtin_trap();
    }
    return (void *)start;
}

/* ---- printing ---- */

static const char *wasix_errno_name(int error) {
#define WASIX_ERRNO_CASE(name, number)                                                                                 \
    case number: return #name;
    switch (error) { WASIX_ERRNO_LIST(WASIX_ERRNO_CASE) }
    return "?";
}

static void write_all(int fd, const char *text, size_t length) {
    while (length > 0) {
        wasix_iovec part = {(void *)text, length};
        wasix_size done = 0;
        int error = wasix_fd_write(fd, &part, 1, &done);
        if (error != 0 && error != WASIX_EAGAIN && error != WASIX_EINTR) return;
        if (error != 0) wasix_sched_yield();
        text += done;
        length -= done;
    }
}

static size_t format_number(char *out, uint64_t value, unsigned base) {
    char digits[24];
    size_t count = 0;
    do digits[count++] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    for (size_t i = 0; i < count; i++) out[i] = digits[count - 1 - i];
    return count;
}

/* %s %c %d %u %x %%, with l, ll and z, and a width with a leading 0 or - for %d %u %x %s; nothing else. */
static size_t format_text(char *out, size_t size, const char *format, va_list arguments) {
    size_t used = 0;
    for (; *format; format++) {
        char piece[32];
        const char *text = piece;
        size_t length = 1;
        if (*format != '%' || *++format == '%') {
            piece[0] = *format;
            if (used < size) out[used++] = piece[0];
            continue;
        }
        int left = *format == '-';
        if (left) format++;
        char fill = *format == '0' ? '0' : ' ';
        size_t width = 0;
        while (*format >= '0' && *format <= '9') width = width * 10 + (size_t)(*format++ - '0');
        int longs = 0;
        while (*format == 'l' || *format == 'z') longs += *format++ == 'l';
        int wide = longs == 2;
        if (*format == 's') {
            text = va_arg(arguments, const char *);
            length = strlen(text);
        } else if (*format == 'c') {
            piece[0] = (char)va_arg(arguments, int);
        } else if (*format == 'd') {
            int64_t value = wide ? va_arg(arguments, int64_t) : va_arg(arguments, int32_t);
            size_t sign = value < 0;
            piece[0] = '-';
            length = sign + format_number(piece + sign, sign ? 0 - (uint64_t)value : (uint64_t)value, 10);
        } else {
            uint64_t value = wide ? va_arg(arguments, uint64_t) : va_arg(arguments, uint32_t);
            length = format_number(piece, value, *format == 'x' ? 16 : 10);
        }
        size_t padding = width > length ? width - length : 0;
        for (size_t i = 0; !left && i < padding && used < size; i++) out[used++] = fill;
        for (size_t i = 0; i < length && used < size; i++) out[used++] = text[i];
        for (size_t i = 0; left && i < padding && used < size; i++) out[used++] = ' ';
    }
    return used;
}

/* Prints in one call to the host, so that lines of several threads do not mix. At most 1,024 characters. */
static void print_list(int fd, const char *format, va_list arguments) {
    char line[1024];
    write_all(fd, line, format_text(line, sizeof line, format, arguments));
}

__attribute__((format(printf, 2, 3))) static void print_to(int fd, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_list(fd, format, arguments);
    va_end(arguments);
}

__attribute__((format(printf, 1, 2))) static void print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_list(1, format, arguments);
    va_end(arguments);
}

/* ---- time ---- */

static uint64_t now(void) {
    uint64_t time = 0;
    wasix_clock_time_get(WASIX_CLOCK_MONOTONIC, 1, &time);
    return time;
}

static void sleep_ms(uint64_t milliseconds) { wasix_thread_sleep(milliseconds * 1000000); }

/* ---- locks: 0 free, 1 held, 2 held and waited for ---- */

typedef struct {
    uint32_t state;
} mutex;

typedef struct {
    uint32_t turn;
} condition;

static void futex_wait(uint32_t *address, uint32_t expected) {
    wasix_option_timestamp forever = {0, 0};
    uint8_t woken;
    wasix_futex_wait(address, expected, &forever, &woken);
}

static void mutex_lock(mutex *lock) {
    uint32_t expected = 0;
    if (__atomic_compare_exchange_n(&lock->state, &expected, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) return;
    while (__atomic_exchange_n(&lock->state, 2, __ATOMIC_ACQUIRE) != 0) futex_wait(&lock->state, 2);
}

static void mutex_unlock(mutex *lock) {
    uint8_t woken;
    if (__atomic_exchange_n(&lock->state, 0, __ATOMIC_RELEASE) == 2) wasix_futex_wake(&lock->state, &woken);
}

static void condition_wait(condition *cond, mutex *lock) {
    uint32_t turn = __atomic_load_n(&cond->turn, __ATOMIC_ACQUIRE);
    mutex_unlock(lock);
    futex_wait(&cond->turn, turn);
    mutex_lock(lock);
}

static void condition_signal(condition *cond) {
    uint8_t woken;
    __atomic_fetch_add(&cond->turn, 1, __ATOMIC_RELEASE);
    wasix_futex_wake(&cond->turn, &woken);
}

/* ---- threads ---- */

typedef struct {
    wasix_thread_start block;
    void (*body)(void *);
    void *argument;
    uint32_t ended;
} thread;

enum { THREAD_STACK_SIZE = 64 * 1024 };

/* Called by the stub below once the thread stands on its own stack. */
__attribute__((used)) static void runtime_thread_body(wasix_size tid, thread *self) {
    uint8_t woken;
    (void)tid;
    self->body(self->argument);
    __atomic_store_n(&self->ended, 1, __ATOMIC_RELEASE);
    wasix_futex_wake_all(&self->ended, &woken);
}

/* The host calls this in a fresh instance: no stack pointer and no thread-local storage is set yet, so it cannot be C.
 * Both come from the start block. */
#ifdef __wasm64__
#define WORD "i64"
#define SECOND_WORD "8"
#else
#define WORD "i32"
#define SECOND_WORD "4"
#endif
__asm__(".section .text.wasi_thread_start,\"\",@\n"
        ".globaltype __stack_pointer, " WORD "\n"
        ".functype __wasm_init_tls (" WORD ") -> ()\n"
        ".functype runtime_thread_body (" WORD ", " WORD ") -> ()\n"
        ".globl wasi_thread_start\n"
        ".type wasi_thread_start,@function\n"
        ".export_name wasi_thread_start, wasi_thread_start\n"
        "wasi_thread_start:\n"
        ".functype wasi_thread_start (" WORD ", " WORD ") -> ()\n"
        "local.get 1\n"
        WORD ".load 0\n"
        "global.set __stack_pointer\n"
        "local.get 1\n"
        WORD ".load " SECOND_WORD "\n"
        "call __wasm_init_tls\n"
        "local.get 0\n"
        "local.get 1\n"
        "call runtime_thread_body\n"
        "end_function\n");

/* Starts `body(argument)` in a new thread; 0 or an errno. `handle` must live until the thread has ended. */
static int thread_start(thread *handle, void (*body)(void *), void *argument) {
    uint32_t tid;
    char *stack = allocate(THREAD_STACK_SIZE);
    size_t tls_size = __builtin_wasm_tls_size();
    char *tls = allocate(tls_size + 16);
    memset(handle, 0, sizeof *handle);
    handle->body = body;
    handle->argument = argument;
    handle->block.stack = (wasix_size)(stack + THREAD_STACK_SIZE);
    handle->block.stack_size = THREAD_STACK_SIZE;
    handle->block.tls_base = (wasix_size)tls;
    return wasix_thread_spawn(&handle->block, &tid);
}

static void thread_join(thread *handle) {
    while (__atomic_load_n(&handle->ended, __ATOMIC_ACQUIRE) == 0) futex_wait(&handle->ended, 0);
}

/* ---- start ---- */

/* As a C library does it: without a handler a signal ends the program, by a trap; but a write to a closed pipe answers
 * PIPE and that is all. */
enum { SIGNAL_BROKEN_PIPE = 13, SIGNAL_CHILD = 17, SIGNAL_CONTINUE = 18, SIGNAL_URGENT = 23, SIGNAL_WINDOW = 28 };
static void (*signal_handler)(int number);
__attribute__((export_name("__wasm_signal"))) void runtime_signal(int number) {
    if (signal_handler != 0) {
        signal_handler(number);
    } else if (number != SIGNAL_BROKEN_PIPE && number != SIGNAL_CHILD && number != SIGNAL_CONTINUE &&
               number != SIGNAL_URGENT && number != SIGNAL_WINDOW) {
        __builtin_trap();
    }
}

__attribute__((export_name("_start"))) void _start(void) {
    wasix_size argc = 0, size = 0;
    wasix_callback_signal("__wasm_signal", strlen("__wasm_signal"));
    wasix_args_sizes_get(&argc, &size);
    char **argv = allocate((argc + 1) * sizeof(char *));
    wasix_args_get(argv, allocate(size));
    argv[argc] = 0;
    int status = guest_main((int)argc, argv);
    if (status != 0) wasix_proc_exit(status);
}

#endif
