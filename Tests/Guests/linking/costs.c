/* What dynamic linking costs: costs symbol|call|direct ROUNDS
 * symbol: looking a function up again. call: a library's function, through a pointer. direct: one of the program's. */
#include "linking.h"

#include "../bench/report.h"

__attribute__((noinline)) static int own(int value) {
    __asm__ volatile("" : "+r"(value));
    return 3 * value;
}

int guest_main(int argc, char **argv) {
    if (argc < 2) return 64;
    uint64_t rounds = argument(argc, argv, 2, 1000);
    reserve_heap();
    library base = library_open("libbase.so", OPEN_NOW);
    int (*volatile triple)(int) = (int (*)(int))library_symbol(base, "base_triple");
    volatile int value = 1;
    if (!triple) return 1;
    uint64_t start = os_now();
    if (strcmp(argv[1], "symbol") == 0)
        for (uint64_t i = 0; i < rounds; i++) require(library_symbol(base, "base_triple") == triple ? 0 : -1, "symbol");
    else if (strcmp(argv[1], "call") == 0)
        for (uint64_t i = 0; i < rounds; i++) value = triple(value) & 7;
    else
        for (uint64_t i = 0; i < rounds; i++) value = own(value) & 7;
    report("costs", os_now() - start, rounds, "ns");
    return 0;
}
