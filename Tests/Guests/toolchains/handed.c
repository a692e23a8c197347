/* A server on a listening socket that was handed in, for a C library: poll() over all connections, none of which waits.
 * A line is answered in upper case, "big N" with N bytes, "quit" with the end of the connection.
 * Usage: handed DESCRIPTOR CONNECTIONS; ends after that many connections */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { limit = 64, chunk = 65536 };

struct connection {
    int fd, ending;
    char line[256];
    size_t length;
    /* Bytes of a big answer still to come, and what was made but not sent. */
    size_t owed, start, end;
    char out[chunk];
};

static struct connection *connections[limit];
static size_t count;
static long lines, bytes;

static void fail(const char *what) {
    printf("%s: %s\n", what, strerror(errno));
    exit(1);
}

static void nonblocking(int fd) {
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0) fail("fcntl");
}

static void answer(struct connection *connection) {
    char *line = connection->line;
    lines++;
    if (strcmp(line, "quit") == 0) {
        connection->ending = 1;
    } else if (strncmp(line, "big ", 4) == 0) {
        connection->owed += strtoul(line + 4, NULL, 10);
    } else {
        for (char *at = line; *at; at++) *at = (char)toupper((unsigned char)*at);
        connection->end += (size_t)snprintf(connection->out + connection->end, chunk - connection->end, "%s\n", line);
    }
}

/* Sends until the socket takes no more. */
static void give(struct connection *connection) {
    for (;;) {
        if (connection->start == connection->end) {
            size_t size = connection->owed < chunk ? connection->owed : chunk;
            for (size_t i = 0; i < size; i++) connection->out[i] = (char)('a' + (connection->owed - i) % 26);
            connection->owed -= size;
            connection->start = 0;
            connection->end = size;
            if (size == 0) return;
        }
        ssize_t sent = send(connection->fd, connection->out + connection->start, connection->end - connection->start, 0);
        if (sent < 0 && errno == EAGAIN) return;
        if (sent < 0) fail("send");
        bytes += sent;
        connection->start += (size_t)sent;
    }
}

/* Answers what has come, a line at a time; stops while an answer is owed. */
static void take(struct connection *connection) {
    while (connection->owed == 0 && connection->start == connection->end && !connection->ending) {
        connection->start = connection->end = 0;
        char *end = memchr(connection->line, '\n', connection->length);
        if (end != NULL) {
            char rest[sizeof connection->line];
            size_t used = (size_t)(end + 1 - connection->line), left = connection->length - used;
            memcpy(rest, end + 1, left);
            *end = '\0';
            answer(connection);
            memcpy(connection->line, rest, left);
            connection->length = left;
            give(connection);
            continue;
        }
        ssize_t got = recv(connection->fd, connection->line + connection->length,
                           sizeof connection->line - connection->length, 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) connection->ending = 1;
        else connection->length += (size_t)got;
    }
}

static void admit(int listener) {
    for (int fd; count < limit; connections[count++]->fd = fd) {
        fd = accept(listener, NULL, NULL);
        if (fd < 0 && errno == EAGAIN) return;
        if (fd < 0) fail("accept");
        nonblocking(fd);
        connections[count] = calloc(1, sizeof *connections[count]);
    }
}

int main(int argc, char **argv) {
    int listener = argc > 1 ? atoi(argv[1]) : 3;
    long wanted = argc > 2 ? atol(argv[2]) : 1, ended = 0;
    nonblocking(listener);
    while (ended < wanted) {
        struct pollfd polled[limit + 1];
        for (size_t i = 0; i < count; i++) {
            int sends = connections[i]->start < connections[i]->end || connections[i]->owed > 0;
            polled[i] = (struct pollfd){.fd = connections[i]->fd, .events = sends ? POLLOUT : POLLIN};
        }
        polled[count] = (struct pollfd){.fd = listener, .events = POLLIN};
        size_t before = count;
        if (poll(polled, count + 1, 60000) <= 0) fail("poll");
        if (polled[count].revents) admit(listener);
        for (size_t i = before; i-- > 0;) {
            struct connection *connection = connections[i];
            if (!polled[i].revents) continue;
            give(connection);
            take(connection);
            if (!connection->ending) continue;
            close(connection->fd);
            free(connection);
            connections[i] = connections[--count];
            ended++;
        }
    }
    printf("%ld connections, %ld lines, %ld bytes\n", ended, lines, bytes);
    return 0;
}
