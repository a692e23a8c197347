/* A program that hangs: two threads wait for each other, one through a pipe and one through a lock.
 *
 * The producer holds the lock while it writes to a pipe. When the pipe is full it waits for the consumer to read. The
 * consumer takes the lock for its accounts before it reads again, so it waits for the producer. Neither has a timeout, and
 * the main thread waits for both.
 *
 * What to watch: the producer blocked in fd_write on a full pipe, the consumer blocked in futex_wait on the lock's address,
 * the main thread in futex_wait for the producer's end. The cure is to let the lock go before a write that can block.
 *
 * Usage: deadlock [PIECES]    pieces of work before the accounts are due (default: 4) */
#include "runtime.h"

enum { PIECE = 4096 };

static mutex accounts;
static int read_end, write_end;
static uint64_t pieces = 4, submitted;

static void require(int error, const char *what) {
    if (error == 0) return;
    print("deadlock: %s: %s\n", what, wasix_errno_name(error));
    wasix_proc_exit(1);
}

/* Writes a piece of work while the lock is held: the mistake. */
__attribute__((noinline)) static void submit_job(void) {
    static char work[PIECE];
    wasix_iovec out = {work, PIECE};
    wasix_size done = 0;
    mutex_lock(&accounts);
    require(wasix_fd_write(write_end, &out, 1, &done), "write");
    submitted++;
    mutex_unlock(&accounts);
}

static void producer(void *argument) {
    (void)argument;
    for (;;) submit_job();
}

__attribute__((noinline)) static void account_job(uint64_t number) {
    /* Late enough for the pipe to be full by now. */
    sleep_ms(100);
    mutex_lock(&accounts);
    print("consumer: %d pieces read, %d submitted\n", (int)number, (int)submitted);
    mutex_unlock(&accounts);
}

static void consumer(void *argument) {
    static char work[PIECE];
    wasix_iovec in = {work, PIECE};
    (void)argument;
    for (uint64_t number = 1;; number++) {
        wasix_size done = 0;
        require(wasix_fd_read(read_end, &in, 1, &done), "read");
        if (number % pieces == 0) account_job(number);
    }
}

int guest_main(int argc, char **argv) {
    static thread threads[2];
    if (argc > 1) pieces = parse_number(argv[1]);
    if (pieces == 0) pieces = 1;
    require(wasix_fd_pipe(&read_end, &write_end), "fd_pipe");
    require(thread_start(&threads[0], producer, 0), "thread");
    require(thread_start(&threads[1], consumer, 0), "thread");
    for (int i = 0; i < 2; i++) thread_join(&threads[i]);
    return 0;
}
