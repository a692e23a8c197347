/* wasm only: waits and locks of the instructions alone, as programs have them that know no futex calls.
 *
 * deadlock: two threads take two locks in opposite order. exit: three threads wait, and the main thread ends the program
 * with 7. wait: the main thread waits for ever. trap: it waits at an address that no word can have.
 *
 * Usage: instructions deadlock|exit|wait|trap */
#include "../../assets/guests/runtime.h"

#define ON_STACK __attribute__((noinline))

static int first_lock, second_lock, never;

/* 0 is free, 1 taken, 2 taken and waited for. */
ON_STACK static void lock_by_instruction(int *lock) {
    int seen = 0;
    if (__atomic_compare_exchange_n(lock, &seen, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) return;
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0) __builtin_wasm_memory_atomic_wait32(lock, 2, -1);
}

ON_STACK static void move_money(int *from, int *to) {
    lock_by_instruction(from);
    sleep_ms(100);
    lock_by_instruction(to); /* the second lock */
}

static void there(void *argument) {
    (void)argument;
    move_money(&first_lock, &second_lock);
}

static void back(void *argument) {
    (void)argument;
    move_money(&second_lock, &first_lock);
}

static void wait_for_nothing(void *argument) {
    (void)argument;
    __builtin_wasm_memory_atomic_wait32(&never, 0, -1);
}

ON_STACK static void misplaced_wait(char *place) {
    long long offset = 1; /* not to be known before */
    __asm__ volatile("" : "+r"(offset));
    __builtin_wasm_memory_atomic_wait64((long long *)(place + offset), 0, 0); /* the trap */
}

int guest_main(int argc, char **argv) {
    static thread threads[3];
    const char *mode = argc > 1 ? argv[1] : "";
    print("begin\n");
    if (strcmp(mode, "deadlock") == 0) {
        thread_start(&threads[0], there, 0);
        thread_start(&threads[1], back, 0);
        thread_join(&threads[0]);
    } else if (strcmp(mode, "exit") == 0) {
        for (int i = 0; i < 3; i++) thread_start(&threads[i], wait_for_nothing, 0);
        sleep_ms(100);
        return 7;
    } else if (strcmp(mode, "wait") == 0) {
        wait_for_nothing(0);
    } else if (strcmp(mode, "trap") == 0) {
        static char room[16] __attribute__((aligned(16)));
        misplaced_wait(room);
    }
    return 64;
}
