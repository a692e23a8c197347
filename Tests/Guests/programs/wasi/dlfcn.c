/* What dlfcn.h declares, on the calls of WASIX. A library that was loaded stays. */
#include "dlfcn.h"

#include <stdint.h>
#include <string.h>

#define WASIX_IMPORT(name) __attribute__((import_module("wasix_32v1"), import_name(#name)))

WASIX_IMPORT(dlopen)
int wasix_dlopen(const char *path, size_t path_length, uint32_t flags, char *text, size_t text_size, const char *search,
                 size_t search_length, uint32_t *handle);
WASIX_IMPORT(dlsym)
int wasix_dlsym(uint32_t handle, const char *name, size_t length, char *text, size_t text_size, size_t *address);
WASIX_IMPORT(dl_invalid_handle) int wasix_dl_invalid_handle(uint32_t handle);

static char text[256];
static int has_failed;

void *dlopen(const char *path, int flags) {
    uint32_t handle = 0;
    has_failed = wasix_dlopen(path, path ? strlen(path) : 0, flags, text, sizeof text, "", 0, &handle) != 0;
    return has_failed ? NULL : (void *)handle;
}

void *dlsym(void *library, const char *name) {
    size_t address = 0;
    has_failed = wasix_dlsym((uint32_t)library, name, strlen(name), text, sizeof text, &address) != 0;
    return has_failed ? NULL : (void *)address;
}

int dlclose(void *library) { return wasix_dl_invalid_handle((uint32_t)library) ? -1 : 0; }

char *dlerror(void) {
    char *said = has_failed ? text : NULL;
    has_failed = 0;
    return said;
}
