/* Threads and libraries: each thread's own storage of a library, and threads that are there when it is loaded. */
#include "linking.h"

enum { WORKERS = 3, ROUNDS = 200 };
static int (*shared_add)(int);
static uint32_t go, ready, results[WORKERS + 1];

static void wait_for(uint32_t *word, uint32_t value) {
    for (uint32_t now; (now = __atomic_load_n(word, __ATOMIC_ACQUIRE)) < value;) os_futex_wait(word, now);
}

static void advance(uint32_t *word) {
    __atomic_fetch_add(word, 1, __ATOMIC_ACQ_REL);
    while (os_futex_wake(word) > 0) {}
}

static void early(void *argument) {
    int number = (int)(size_t)argument;
    advance(&ready);
    wait_for(&go, 1);
    for (int i = 0; i < number; i++) shared_add(10);
    results[number] = (uint32_t)shared_add(0);
}

/* Never waits: sees the function's address by chance. */
static int (*published)(int);
static uint32_t seen;
static void busy(void *argument) {
    (void)argument;
    advance(&ready);
    int (*function)(int);
    while ((function = __atomic_load_n(&published, __ATOMIC_ACQUIRE)) == 0) os_sleep(1000);
    seen = (uint32_t)function(6);
}

static void late(void *argument) {
    library storage = library_open("libstorage.so", OPEN_NOW);
    int (*add)(int) = (int (*)(int))library_symbol(storage, "storage_add");
    *(int *)argument = add(1) + add(1);
}

static void opener(void *argument) {
    library *opened = argument;
    for (int i = 0; i < ROUNDS; i++) {
        library shape = library_open("libshape.so", OPEN_NOW);
        int (*area)(int, int) = (int (*)(int, int))library_symbol(shape, "shape_area");
        if (area(i, 2) != 2 * i) return;
        *opened = shape;
    }
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    reserve_heap();
    static os_thread threads[WORKERS + 1], other;
    scenario(1, "threads that are there before");
    for (int i = 1; i <= WORKERS; i++) os_thread_start(&threads[i], early, (void *)(size_t)i);
    os_thread_start(&other, busy, 0);
    wait_for(&ready, WORKERS + 1);
    library storage = library_open("libstorage.so", OPEN_NOW);
    shared_add = (int (*)(int))library_symbol(storage, "storage_add");
    advance(&go);
    for (int i = 1; i <= WORKERS; i++) os_thread_join(&threads[i]);
    for (int i = 1; i <= WORKERS; i++) show("own", results[i]);
    show("the main thread's own", shared_add(0));
    show("all", *(int *)library_symbol(storage, "shared_total"));
    library shape = library_open("libshape.so", OPEN_NOW);
    library base = library_open("libbase.so", OPEN_NOW);
    (void)shape;
    __atomic_store_n(&published, (int (*)(int))library_symbol(base, "base_triple"), __ATOMIC_RELEASE);
    os_thread_join(&other);
    show("seen by one that did not wait", seen);

    scenario(2, "threads that come later");
    int value = 0;
    os_thread_start(&other, late, &value);
    os_thread_join(&other);
    show("own", value);
    show("the main thread's own", ((int (*)(void))library_symbol(storage, "storage_own"))());

    scenario(3, "at the same time");
    static library opened[WORKERS + 1];
    for (int i = 1; i <= WORKERS; i++) os_thread_start(&threads[i], opener, &opened[i]);
    for (int i = 1; i <= WORKERS; i++) os_thread_join(&threads[i]);
    for (int i = 2; i <= WORKERS; i++) show("one handle", opened[i] == opened[1] && opened[i] != 0);
    return 0;
}
