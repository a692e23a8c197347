/* One small set of operating-system calls with two bodies: WASIX imports when built for wasm, Linux calls when built
 * natively. The differential tests and the benchmarks are written against it, so that both sides run one source.
 *
 * Calls return a value >= 0, or -1 with the errno's name in `os_error` (of the calling thread's last failure). Epoll
 * events are the platform's own structure, reached through `event_bits` and `event_token`; masks are the platform's own
 * numbers under common names, so nothing is translated per call. */
#ifndef PORTABLE_H
#define PORTABLE_H

#ifdef __wasm__
#include "../../assets/guests/runtime.h"
#else
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int guest_main(int argc, char **argv);
#endif

#define FOREVER (~(uint64_t)0)
#define MILLISECONDS 1000000ull

static _Thread_local const char *os_error = "SUCCESS";

/* The result of a call as transcripts show it: a number, or the errno's name. */
typedef struct {
    char text[24];
} outcome;

static outcome outcome_of(long long value);

/* A scatter list is not part of any test: one buffer a call. */
static long os_read(int fd, void *buffer, size_t size);
static long os_write(int fd, const void *buffer, size_t size);

/* One descriptor of an `os_poll`, asked for reading or for writing, and what came of it. */
typedef struct {
    int fd, writes;
    int fired, hangup;
    const char *error;
    long bytes;
} os_subscription;

enum { MOST_POLLED = 128 };

#ifdef __wasm__
#include "portable_wasix.h"
#else
#include "portable_linux.h"
#endif

static outcome outcome_of(long long value) {
    outcome result;
    if (value < 0) {
        size_t length = strlen(os_error);
        memcpy(result.text, os_error, length + 1);
        return result;
    }
    char digits[24];
    int count = 0;
    do digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    for (int i = 0; i < count; i++) result.text[i] = digits[count - 1 - i];
    result.text[count] = 0;
    return result;
}

/* Bits of an event by name, in a fixed order: "IN|RDHUP". */
typedef struct {
    char text[64];
} bit_names;

static bit_names names_of(uint32_t bits) {
    static const struct {
        uint32_t bit;
        const char *name;
    } table[] = {{IN, "IN"}, {OUT, "OUT"}, {RDHUP, "RDHUP"}, {PRI, "PRI"}, {ERR, "ERR"}, {HUP, "HUP"}};
    bit_names result;
    size_t used = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if ((bits & table[i].bit) == 0) continue;
        if (used > 0) result.text[used++] = '|';
        size_t length = strlen(table[i].name);
        memcpy(result.text + used, table[i].name, length);
        used += length;
        bits &= ~table[i].bit;
    }
    if (bits != 0) result.text[used++] = '?';
    if (used == 0) result.text[used++] = '0';
    result.text[used] = 0;
    return result;
}

#endif
