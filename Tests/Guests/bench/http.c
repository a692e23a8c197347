/* An HTTP/1.1 server under epoll: keep-alive, pipelining, any number of connections, several threads.
 *
 * The first thread accepts and serves, the others serve: a connection stays with the thread whose instance it was added
 * to. Nothing is read from a client that does not take its answers.
 *
 *   GET /        13 bytes
 *   GET /large   LARGE bytes, the alphabet over and over
 *   GET /quit    ends the server, which then says what it has served
 *
 * Prints "port N" first. Needs the network.
 * Usage: http [THREADS [edge|level]] */
#include "report.h"

enum { ROOM = 256, INPUT = 4096, OUTPUT = 65536, LARGE = 8 << 20, MOST_THREADS = 16 };

/* ---- what is answered ---- */

static const char hello[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";
static const char missing[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
static const char refused[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
static char *large;
static size_t large_size;

static void make_large(void) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8388608\r\n\r\n";
    large_size = sizeof head - 1 + LARGE;
    large = os_allocate(large_size);
    memcpy(large, head, sizeof head - 1);
    for (size_t i = 0; i < LARGE; i++) large[sizeof head - 1 + i] = (char)('a' + i % 26);
}

/* ---- connections ---- */

typedef struct connection {
    struct connection *next;
    int fd;
    /* Edge: not all has been read that is there. The peer's end has been told of. */
    int is_readable, has_ended;
    /* Close once everything has been sent. */
    int is_last;
    size_t have;
    /* What the peer has not taken yet, and the block it lies in when that is ours. */
    const char *unsent;
    size_t left;
    char *block;
    char input[INPUT];
} connection;

/* Blocks of one size that are used again; each belongs to one thread. */
typedef struct block {
    struct block *next;
} block;

typedef struct {
    os_thread thread;
    int ep;
    block *blocks;
    uint64_t served;
    char output[OUTPUT];
    size_t filled;
} worker;

static worker *workers;
static uint64_t worker_count = 1;
static int is_edge = 1, listener;
static uint64_t connections;
/* The listener is not watched because no descriptor was left. */
static int is_paused;

/* Memory of connections that are over. */
static connection *idle;
static os_mutex idle_lock = OS_MUTEX_INIT;

static void end(void) {
    uint64_t served = 0;
    for (uint64_t i = 0; i < worker_count; i++) served += __atomic_load_n(&workers[i].served, __ATOMIC_RELAXED);
    print("served %llu requests on %llu connections\n", (unsigned long long)served, (unsigned long long)connections);
#ifdef __wasm__
    wasix_proc_exit(0);
#else
    exit(0);
#endif
}

static void release_block(worker *self, connection *client) {
    if (client->block == 0) return;
    block *free = (block *)client->block;
    free->next = self->blocks;
    self->blocks = free;
    client->block = 0;
}

static void hang_up(worker *self, connection *client) {
    release_block(self, client);
    os_close(client->fd);
    os_lock(&idle_lock);
    client->next = idle;
    idle = client;
    os_unlock(&idle_lock);
    if (__atomic_exchange_n(&is_paused, 0, __ATOMIC_SEQ_CST)) os_epoll_ctl(workers[0].ep, MOD, listener, IN, 0);
}

/* ---- sending ---- */

/* Sends what is left of an answer. False when the peer is gone. */
static int flush(worker *self, connection *client) {
    while (client->left > 0) {
        long count = os_write(client->fd, client->unsent, client->left);
        if (count < 0) return strcmp(os_error, "AGAIN") == 0;
        client->unsent += count;
        client->left -= (size_t)count;
    }
    release_block(self, client);
    return 1;
}

/* Sends the answers gathered so far; what does not fit is kept with the connection. */
static int flush_output(worker *self, connection *client) {
    if (self->filled == 0) return 1;
    client->unsent = self->output;
    client->left = self->filled;
    self->filled = 0;
    if (!flush(self, client)) return 0;
    if (client->left == 0) return 1;
    if (self->blocks != 0) {
        client->block = (char *)self->blocks;
        self->blocks = self->blocks->next;
    } else {
        client->block = os_allocate(OUTPUT);
    }
    memcpy(client->block, client->unsent, client->left);
    client->unsent = client->block;
    return 1;
}

static int answer(worker *self, connection *client, const char *text, size_t size) {
    if (self->filled + size > OUTPUT && !flush_output(self, client)) return 0;
    memcpy(self->output + self->filled, text, size);
    self->filled += size;
    return 1;
}

static int answer_large(worker *self, connection *client) {
    if (!flush_output(self, client)) return 0;
    if (client->left > 0) return 1;
    client->unsent = large;
    client->left = large_size;
    return flush(self, client);
}

/* ---- requests ---- */

/* Bytes of the request at `text`, up to and with its empty line; 0 when it is not all there. */
static size_t request_size(const char *text, size_t have) {
    for (size_t i = 3; i < have; i++)
        if (text[i] == '\n' && text[i - 1] == '\r' && text[i - 2] == '\n' && text[i - 3] == '\r') return i + 1;
    return 0;
}

static int starts_with(const char *text, size_t size, const char *prefix) {
    size_t length = strlen(prefix);
    return size >= length && memcmp(text, prefix, length) == 0;
}

/* Whether the lines after the first hold "Connection: close", in any case. */
static int asks_to_close(const char *text, size_t size) {
    static const char wanted[] = "\nconnection: close\r";
    for (size_t i = 0, matched = 0; i < size; i++) {
        char letter = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        matched = letter == wanted[matched] ? matched + 1 : letter == '\n';
        if (matched == sizeof wanted - 1) return 1;
    }
    return 0;
}

/* Answers the request at `text`. False when the connection is to be given up. */
static int serve_request(worker *self, connection *client, const char *text, size_t size) {
    __atomic_store_n(&self->served, self->served + 1, __ATOMIC_RELAXED);
    if (asks_to_close(text, size)) client->is_last = 1;
    if (starts_with(text, size, "GET / HTTP/1.1\r\n")) return answer(self, client, hello, sizeof hello - 1);
    if (starts_with(text, size, "GET /large ")) return answer_large(self, client);
    if (starts_with(text, size, "GET /quit ")) end();
    if (starts_with(text, size, "GET /")) return answer(self, client, missing, sizeof missing - 1);
    client->is_last = 1;
    return answer(self, client, refused, sizeof refused - 1);
}

/* Answers every whole request that is there, as long as the peer takes the answers. */
static int serve_input(worker *self, connection *client) {
    size_t used = 0, size;
    while (!client->is_last && client->left == 0 &&
           (size = request_size(client->input + used, client->have - used)) > 0) {
        if (!serve_request(self, client, client->input + used, size)) return 0;
        used += size;
    }
    if (used == 0 && client->have == INPUT) {
        client->is_last = 1;
        if (!answer(self, client, refused, sizeof refused - 1)) return 0;
    }
    if (client->left == 0 && !flush_output(self, client)) return 0;
    self->filled = 0;
    client->have -= used;
    if (used > 0 && client->have > 0) memmove(client->input, client->input + used, client->have);
    return 1;
}

/* Goes on with a connection until it would block. False when it is over. */
static int serve(worker *self, connection *client) {
    for (;;) {
        if (!flush(self, client)) return 0;
        if (client->left > 0) return 1;
        if (client->have > 0 && !serve_input(self, client)) return 0;
        if (client->left > 0) return 1;
        if (client->is_last) return 0;
        if (!client->is_readable) return 1;
        size_t room = INPUT - client->have;
        long count = os_read(client->fd, client->input + client->have, room);
        if (count == 0) return 0;
        if (count < 0) {
            client->is_readable = 0;
            return strcmp(os_error, "AGAIN") == 0;
        }
        client->have += (size_t)count;
        // A short read of a stream has emptied it (epoll(7)), unless its end is there to be read as well.
        if ((size_t)count < room && !client->has_ended) client->is_readable = 0;
    }
}

/* ---- events ---- */

static connection *new_connection(void) {
    os_lock(&idle_lock);
    connection *client = idle;
    if (client != 0) idle = client->next;
    os_unlock(&idle_lock);
    return client != 0 ? client : os_allocate(sizeof *client);
}

static void welcome(int fd) {
    worker *self = &workers[connections++ % worker_count];
    connection *client = new_connection();
    client->fd = fd;
    client->is_readable = client->has_ended = client->is_last = 0;
    client->have = client->left = 0;
    os_no_delay(fd);
    require(os_epoll_ctl(self->ep, ADD, fd, is_edge ? IN | OUT | RDHUP | EDGE : IN | RDHUP, (uintptr_t)client), "add");
}

/* Accepts whoever is there. Without a descriptor to spare it stops listening until a connection ends; one that ended
 * meanwhile is not missed, because it tries once more. */
static void accept_all(void) {
    int has_paused = 0;
    for (;;) {
        int fd = os_accept_nonblocking(listener);
        if (fd >= 0) {
            welcome(fd);
        } else if (strcmp(os_error, "AGAIN") == 0) {
            break;
        } else if (strcmp(os_error, "MFILE") == 0 || strcmp(os_error, "NFILE") == 0) {
            if (__atomic_exchange_n(&is_paused, 1, __ATOMIC_SEQ_CST)) return;
            os_epoll_ctl(workers[0].ep, MOD, listener, 0, 0);
            has_paused = 1;
        }
    }
    if (!has_paused) return;
    __atomic_store_n(&is_paused, 0, __ATOMIC_SEQ_CST);
    os_epoll_ctl(workers[0].ep, MOD, listener, IN, 0);
}

static void handle(worker *self, connection *client, uint32_t bits) {
    int was_blocked = client->left > 0;
    if (bits & (IN | RDHUP | HUP | ERR)) client->is_readable = 1;
    if (bits & (RDHUP | HUP | ERR)) client->has_ended = 1;
    if (!serve(self, client)) return hang_up(self, client);
    int is_blocked = client->left > 0;
    if (!is_edge && was_blocked != is_blocked)
        os_epoll_ctl(self->ep, MOD, client->fd, is_blocked ? OUT : IN | RDHUP, (uintptr_t)client);
}

static void work(void *argument) {
    worker *self = argument;
    os_event events[ROOM];
    for (;;) {
        int count = os_epoll_wait(self->ep, events, ROOM, FOREVER);
        require(count, "wait");
        for (int i = 0; i < count; i++) {
            uint64_t token = event_token(&events[i]);
            if (token == 0) {
                accept_all();
            } else {
                handle(self, (connection *)(uintptr_t)token, event_bits(&events[i]));
            }
        }
    }
}

int guest_main(int argc, char **argv) {
    int port = 0;
    worker_count = argument(argc, argv, 1, 1);
    if (worker_count == 0 || worker_count > MOST_THREADS) return 64;
    if (argc > 2 && strcmp(argv[2], "level") == 0) is_edge = 0;
    make_large();
    workers = os_allocate(worker_count * sizeof *workers);
    require(listener = os_listen(&port), "listen");
    require(os_nonblocking(listener), "nonblocking");
    for (uint64_t i = 0; i < worker_count; i++) require(workers[i].ep = os_epoll(), "epoll");
    require(os_epoll_ctl(workers[0].ep, ADD, listener, IN, 0), "add");
    print("port %d\n", port);
    for (uint64_t i = 1; i < worker_count; i++)
        require(os_thread_start(&workers[i].thread, work, &workers[i]), "thread");
    work(&workers[0]);
    return 0;
}
