/* Libraries that are loaded while a program runs, on WASIX imports or dlfcn.h, and what the main programs here give to their
 * libraries: `say`, and a counter. */
#ifndef LINKING_H
#define LINKING_H

#include "../transcript.h"

#ifdef __wasm__
typedef uint32_t library;
WASIX_IMPORT(dlopen)
int wasix_dlopen(const char *path, wasix_size path_length, uint32_t flags, char *text, wasix_size text_size,
                 const char *search, wasix_size search_length, library *handle);
WASIX_IMPORT(dlsym)
int wasix_dlsym(library handle, const char *name, wasix_size length, char *text, wasix_size text_size, wasix_size *address);
WASIX_IMPORT(dl_invalid_handle) int wasix_dl_invalid_handle(library handle);

enum { OPEN_NOW = 2, OPEN_GLOBAL = 4, OPEN_KNOWN_ONLY = 8 };
static _Thread_local char library_error[256];

/* What the host adds to the memory for libraries must not come between two pieces of ours. */
static void reserve_heap(void) { __builtin_wasm_memory_grow(0, 64); }

static library library_open(const char *name, uint32_t flags) {
    library handle = 0;
    int error = wasix_dlopen(name, name ? strlen(name) : 0, flags, library_error, sizeof library_error, 0, 0, &handle);
    return error ? 0 : handle;
}

static void *library_symbol(library handle, const char *name) {
    wasix_size address = 0;
    int error = wasix_dlsym(handle, name, strlen(name), library_error, sizeof library_error, &address);
    return error ? 0 : (void *)address;
}

static int library_close(library handle) { return wasix_dl_invalid_handle(handle) ? -1 : 0; }
static const char *library_problem(void) { return library_error; }

/* For the libraries, whose threads' storage comes from here. */
void *aligned_alloc(size_t alignment, size_t size) {
    char *start = allocate(size + alignment);
    return start + (alignment - (size_t)start % alignment) % alignment;
}
#else
#include <dlfcn.h>
typedef void *library;
enum { OPEN_NOW = RTLD_NOW, OPEN_GLOBAL = RTLD_GLOBAL, OPEN_KNOWN_ONLY = RTLD_NOLOAD };

static void reserve_heap(void) {}
static library library_open(const char *name, int flags) { return dlopen(name, flags); }
static void *library_symbol(library handle, const char *name) { return dlsym(handle, name); }
static int library_close(library handle) { return dlclose(handle) ? -1 : 0; }
static const char *library_problem(void) {
    const char *text = dlerror();
    return text ? text : "";
}
#endif

/* Whether `text` holds `part`. */
static int holds(const char *text, const char *part) {
    for (size_t length = strlen(part); *text; text++)
        if (memcmp(text, part, length) == 0) return 1;
    return 0;
}

/* Of these the libraries know. */
void say(const char *text) { print("  %s\n", text); }
int main_counter = 100;
int main_doubled(int value) { return 2 * value; }

#endif
