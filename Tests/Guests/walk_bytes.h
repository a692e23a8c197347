/* Steps that move bytes, count and shut down.
 *
 * Sockets hold few unread bytes and writes at a time, because how much fits in there is not ours to promise. */
#ifndef WALK_BYTES_H
#define WALK_BYTES_H

#include "walk_net.h"

enum { MOST_BYTES = 80000, SOCKET_BYTES = 8192, SOCKET_WRITES = 9 };

static unsigned char bytes[MOST_BYTES];

static uint32_t checksum(const unsigned char *data, long count) {
    uint32_t sum = 2166136261u;
    for (long i = 0; i < count; i++) sum = (sum ^ data[i]) * 16777619u;
    return sum;
}

static size_t some_size(void) {
    static const size_t sizes[] = {1, 2, 3, 7, 100, 512, 1000, 4095, 4096, 4097, 5000, 8192, 20000, 65536, 70000};
    return pick(4) == 0 ? 1 + pick(6000) : sizes[pick(sizeof sizes / sizeof sizes[0])];
}

static long read_once(int index, size_t size, uint32_t *sum) {
    long count = os_read(slots[index].fd, bytes, size);
    object *it = object_of(index);
    if (count <= 0) return count;
    *sum = *sum * 31 + checksum(bytes, count);
    int end = slots[index].end;
    if (is_packets(it->kind)) {
        // What did not fit of a datagram is gone, and how many are left is not known: as many as were written, at most.
        if (--it->writes[end] == 0) it->unread[end] = 0;
    } else if ((it->unread[end] -= count) == 0) {
        it->writes[end] = 0;
    }
    return count;
}

static long write_once(int index, size_t size) {
    object *it = object_of(index);
    int peer = 1 - slots[index].end;
    // Byte values say which step wrote them.
    for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)(step_number * 7 + i);
    long count = os_write(slots[index].fd, bytes, size);
    if (count > 0) it->unread[peer] += count, it->writes[peer]++;
    return count;
}

static void read_some(int index, size_t size) {
    uint32_t sum = 0;
    long count = read_once(index, size, &sum);
    say(" read %d %s by %d", index, name_of(index), (int)size);
    say_result(count);
    if (count > 0) say(" %08x", sum);
}

static void read_until_empty(int index, size_t size) {
    uint32_t sum = 0;
    int total = 0;
    long count;
    if (size < 512) size = 512;
    while ((count = read_once(index, size, &sum)) > 0) total += (int)count;
    say(" drain %d %s by %d -> %d %08x, then %s", index, name_of(index), (int)size, total, sum, outcome_of(count).text);
}

static void write_some(int index, size_t size) {
    object *it = object_of(index);
    int peer = 1 - slots[index].end;
    if (is_socket(index)) {
        size = 1 + size % 2000;
        if (it->writes[peer] >= SOCKET_WRITES || it->unread[peer] + (long)size > SOCKET_BYTES) {
            say(" enough in %d", index);
            return;
        }
    }
    long count = write_once(index, size);
    say(" write %d %s %d", index, name_of(index), (int)size);
    say_result(count);
    settle(index);
}

static void write_until_full(int index, size_t size) {
    int writes = 0;
    long count;
    if (kind_of(index) != PIPE) return write_some(index, size);
    if (size < 512) size = 512;
    while ((count = write_once(index, size)) == (long)size) writes++;
    say(" fill %d %s by %d -> %d writes, then %s", index, name_of(index), (int)size, writes, outcome_of(count).text);
}

static void count_up(int index) {
    static const uint64_t values[] = {1, 2, 1000, 0, UINT64_MAX - 1, UINT64_MAX - 2, UINT64_MAX};
    uint64_t value = values[pick(20) < 14 ? pick(3) : pick(7)];
    say(" count %d %s by %016llx", index, name_of(index), (unsigned long long)value);
    say_result(os_write(slots[index].fd, &value, sizeof value));
}

static void count_down(int index) {
    uint64_t value = 0;
    long done = os_read(slots[index].fd, &value, sizeof value);
    say(" take %d %s", index, name_of(index));
    say_result(done);
    say(" %016llx", (unsigned long long)value);
}

static void move_bytes(void) {
    int index = open_slot();
    kind kind = kind_of(index);
    if (kind == COUNTER || kind == SEMAPHORE) return pick(2) ? count_up(index) : count_down(index);
    size_t size = some_size();
    // The usual direction more often than the refused one.
    int writes = kind == PIPE && pick(8) != 0 ? slots[index].end == 1 : (int)pick(2);
    if (pick(6) == 0) return writes ? write_until_full(index, size) : read_until_empty(index, size);
    return writes ? write_some(index, size) : read_some(index, size);
}

static void shut_down(void) {
    int index = open_slot(), how = pick(2) ? SHUTDOWN_WRITE : SHUTDOWN_READ;
    // Linux makes a listener that is shut down a fresh socket again, to which nothing here is meant.
    if (kind_of(index) == LISTENER || (!is_socket(index) && pick(8) != 0)) return say(" no connection");
    long done = os_shutdown(slots[index].fd, how);
    say(" shutdown %d %s %s", index, name_of(index), how == SHUTDOWN_WRITE ? "write" : "read");
    say_result(done);
    settle(index);
    // The other side takes up to 40 ms to acknowledge the end of a stream, and that is an edge for this side.
    if (kind_of(index) == TCP && how == SHUTDOWN_WRITE && done == 0) os_sleep(60 * MILLISECONDS);
}

#endif
