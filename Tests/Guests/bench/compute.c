/* Pure computation: SHA-256 over a counter, no calls in between.
 * Usage: compute [BLOCKS] */
#include "report.h"
#include "sha256.h"

int guest_main(int argc, char **argv) {
    uint64_t blocks = argument(argc, argv, 1, 2000000), start = os_now();
    uint32_t state[8];
    uint8_t block[64] = {0};
    sha256_start(state);
    for (uint64_t i = 0; i < blocks; i++) {
        memcpy(block, &i, sizeof i);
        sha256_block(state, block);
    }
    uint64_t elapsed = os_now() - start;
    print("digest %08x%08x\n", state[0], state[7]);
    report("compute", elapsed, blocks, "ns");
    return 0;
}
