#define _GNU_SOURCE
#include "CLinux.h"
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>

_Thread_local void *cl_thread_change_log;

static void *wait_for_release(void *word) {
    while (cl_load_acquire32(word) == 0) cl_futex_wait(word, 0, UINT64_MAX);
    return NULL;
}

// Linux counts a thread for a moment longer than pthread_join waits for it.
static nlink_t own_threads(void) {
    struct stat status;
    return stat("/proc/self/task", &status) == 0 ? status.st_nlink : 0;
}

int cl_usable_processors(void) {
    cpu_set_t usable;
    long count = sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

int cl_most_mappings(void) {
    enum { USUAL = 65530 };
    char text[16] = "";
    int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return USUAL;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    int count = length > 0 ? atoi(text) : 0;
    return count > 0 ? count : USUAL;
}

int cl_threads_to_be_had(int wanted) {
    enum { STACK = 128 * 1024, PATIENCE = 500 };
    nlink_t before = own_threads();
    pthread_t *threads = calloc((size_t)wanted, sizeof *threads);
    if (threads == NULL) return 0;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    uint32_t released = 0;
    int made = 0;
    while (made < wanted && pthread_create(&threads[made], &attributes, wait_for_release, &released) == 0) made += 1;
    cl_store_release32(&released, 1);
    cl_futex_wake(&released, INT32_MAX);
    for (int i = 0; i < made; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < PATIENCE && own_threads() > before; i++) usleep(100);
    pthread_attr_destroy(&attributes);
    free(threads);
    return made;
}
