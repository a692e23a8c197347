/* Variables of each thread's own, of one module and used by another. Built for: global-dynamic. */
#include "linking.h"

__thread int main_own = 5;
extern __thread int other_own;
int other_reads(void), other_counts(void), *other_finds(void);
void other_writes(int value);

static void body(void *argument) {
    (void)argument;
    scenario(2, "a thread");
    show("read by the library", other_reads());
    show("one address", other_finds() == &main_own);
    show("the library's own", other_counts());
    main_own = 77;
    other_own = 40;
    show("read by the library", other_reads());
    show("the library's own", other_counts());
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    reserve_heap();
    scenario(1, "the main thread");
    show("read by the library", other_reads());
    show("one address", other_finds() == &main_own);
    other_writes(9);
    show("written by the library", main_own);
    show("the library's own", other_counts());
    other_own = 20;
    show("written by the program", other_counts());
    library other = library_open("libother.so", OPEN_NOW);
    show("asked for", library_symbol(other, "other_own") == (void *)&other_own);
    static os_thread thread;
    os_thread_start(&thread, body, 0);
    os_thread_join(&thread);
    scenario(3, "the main thread again");
    show("read by the library", other_reads());
    show("the library's own", other_counts());
    return 0;
}
