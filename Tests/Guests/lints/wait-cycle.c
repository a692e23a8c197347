/* Two threads that wait for each other, one for an answer and one for a lock.
 *
 * fire: the client holds the lock while it asks the server over a socket pair and waits for the answer. The server
 * takes the same lock for its accounts before every fourth answer: the client waits for the server to write, the
 * server for the client to unlock. The main thread is not part of it and sleeps half a second at a time. To look at:
 * the client in a read, in `ask_under_lock`; the server in a futex wait, in `settle_accounts`, on the word that the
 * client holds.
 *
 * guard: the same two, but the client waits 1.3 s for the answer, then lets the lock go and takes the answer
 * afterwards. The circle stands for over a second, and ends by itself.
 *
 * Usage: wait-cycle fire|guard */
#include "lint.h"

static os_mutex accounts = OS_MUTEX_INIT;
static int server_end, client_end, settled;
static uint64_t patience;

ON_STACK static void settle_accounts(void) {
    os_lock(&accounts);
    settled++;
    os_unlock(&accounts);
}

static void server(void *argument) {
    char request;
    (void)argument;
    for (int number = 1; require(os_read(server_end, &request, 1), "read") > 0; number++) {
        if (number % 4 == 0) settle_accounts();
        put(server_end, "k", 1);
    }
    os_close(server_end);
}

/* Keeps the lock while it waits for another thread: the mistake. With patience it does not wait for ever. */
ON_STACK static void ask_under_lock(void) {
    char answer;
    os_lock(&accounts);
    put(client_end, "q", 1);
    if (patience != 0 && !comes_within(client_end, patience)) {
        os_unlock(&accounts);
        require(os_read(client_end, &answer, 1), "read of the answer");
        return;
    }
    require(os_read(client_end, &answer, 1), "read of the answer");
    os_unlock(&accounts);
}

static void client(void *argument) {
    (void)argument;
    while (patience == 0 || elapsed_ms() < 2000) {
        ask_under_lock();
        sleep_ms(20);
    }
    os_close(client_end);
}

static void start_both(os_thread threads[2]) {
    int ends[2];
    require(os_socketpair(ends), "socketpair");
    server_end = ends[0], client_end = ends[1];
    start(&threads[0], server);
    start(&threads[1], client);
}

static void fire(void) {
    static os_thread threads[2];
    start_both(threads);
    idle_for_ever();
}

static void guard(void) {
    static os_thread threads[2];
    patience = 1300;
    start_both(threads);
    os_thread_join(&threads[0]);
    os_thread_join(&threads[1]);
}
