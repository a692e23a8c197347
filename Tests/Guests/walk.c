/* A seeded random walk over everything an epoll instance can watch inside one process: pipes, stream socket pairs,
 * eventfds, duplicates, closes, shutdowns, and three epoll instances that watch each other.
 *
 * Every result is printed, so two systems that behave alike print the same transcript: errors by name, bytes as a
 * checksum, events in the order they came. Descriptors are named by slot and kind, never by number.
 * Socket pairs hold few unread bytes and writes at a time, because how much fits in there is not ours to promise.
 *
 * Usage: walk SEED STEPS */
#include "transcript.h"

enum { SLOTS = 48, OBJECTS = 64, INSTANCES = 3, MOST_BYTES = 80000 };
enum { SOCKET_BYTES = 8192, SOCKET_WRITES = 24 };

typedef enum { UNUSED, PIPE, SOCKETS, COUNTER, INSTANCE } kind;

/* What descriptors refer to. `holders` are the open descriptors of each end; the rest keeps socket pairs small. */
typedef struct {
    kind kind;
    int holders[2];
    long unread[2];
    int writes[2];
} object;

typedef struct {
    int fd, object, end;
} slot;

static object objects[OBJECTS];
static slot slots[SLOTS];
static unsigned char bytes[MOST_BYTES];
static uint64_t random_state, next_token = 1, next_byte;

static uint32_t pick(uint32_t below) {
    random_state += 0x9e3779b97f4a7c15ull;
    uint64_t mixed = random_state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebull;
    return (uint32_t)((mixed ^ (mixed >> 31)) >> 32) % below;
}

/* ---- slots ---- */

static int is_open(int index) { return slots[index].fd >= 0; }
static object *object_of(int index) { return &objects[slots[index].object]; }

static const char *kind_of(int index) {
    static const char *const names[][2] = {
        {"-", "-"}, {"reader", "writer"}, {"left", "right"}, {"counter", "counter"}, {"epoll", "epoll"}};
    return names[is_open(index) ? object_of(index)->kind : UNUSED][slots[index].end];
}

static int free_slot(void) {
    for (int i = 0; i < SLOTS; i++)
        if (!is_open(i)) return i;
    return -1;
}

static int free_object(void) {
    for (int i = 0; i < OBJECTS; i++)
        if (objects[i].kind == UNUSED) return i;
    return -1;
}

static int free_slots(void) {
    int count = 0;
    for (int i = 0; i < SLOTS; i++) count += !is_open(i);
    return count;
}

static int open_slot(void) {
    for (;;) {
        int index = (int)pick(SLOTS);
        if (is_open(index)) return index;
    }
}

static int instance_slot(void) {
    int index = open_slot();
    return object_of(index)->kind == INSTANCE ? index : (int)pick(INSTANCES);
}

static void fill_slot(int fd, int which, int end) {
    int index = free_slot();
    slots[index] = (slot){fd, which, end};
    objects[which].holders[end]++;
    print(" %d=%s", index, kind_of(index));
}

/* ---- steps that make and end descriptors ---- */

static void make(kind kind) {
    int which = free_object(), fds[2] = {-1, -1}, count = kind == PIPE || kind == SOCKETS ? 2 : 1;
    if (which < 0 || free_slots() < count) return print("  full\n");
    switch (kind) {
    case PIPE: os_pipe(fds); break;
    case SOCKETS: os_socketpair(fds); break;
    case COUNTER: fds[0] = os_eventfd(pick(3)); break;
    case INSTANCE: fds[0] = os_epoll(); break;
    case UNUSED: break;
    }
    objects[which] = (object){.kind = kind};
    print("  make");
    for (int end = 0; end < count; end++) {
        if (kind != INSTANCE) os_nonblocking(fds[end]);
        fill_slot(fds[end], which, end);
    }
    print("\n");
}

static void duplicate(void) {
    int from = open_slot();
    if (free_slots() == 0) return print("  full\n");
    print("  duplicate %d", from);
    fill_slot(os_dup(slots[from].fd), slots[from].object, slots[from].end);
    print("\n");
}

static void close_one(void) {
    int index = open_slot();
    if (index < INSTANCES) return print("  kept\n");
    object *it = object_of(index);
    print("  close %d %s -> ", index, kind_of(index));
    print("%s\n", outcome_of(os_close(slots[index].fd)).text);
    it->holders[slots[index].end]--;
    if (it->holders[0] + it->holders[1] == 0) it->kind = UNUSED;
    slots[index].fd = -1;
}

/* ---- steps that move bytes ---- */

static uint32_t checksum(const unsigned char *data, long count) {
    uint32_t sum = 2166136261u;
    for (long i = 0; i < count; i++) sum = (sum ^ data[i]) * 16777619u;
    return sum;
}

static size_t some_size(void) {
    static const size_t sizes[] = {1, 2, 3, 7, 100, 512, 1000, 4095, 4096, 4097, 5000, 8192, 20000, 65536, 70000};
    return sizes[pick(sizeof sizes / sizeof sizes[0])];
}

static long read_once(int index, size_t size, uint32_t *sum) {
    long count = os_read(slots[index].fd, bytes, size);
    object *it = object_of(index);
    if (count <= 0) return count;
    *sum = *sum * 31 + checksum(bytes, count);
    if (it->kind != SOCKETS) return count;
    it->unread[slots[index].end] -= count;
    if (it->unread[slots[index].end] == 0) it->writes[slots[index].end] = 0;
    return count;
}

static long write_once(int index, size_t size) {
    object *it = object_of(index);
    int peer = 1 - slots[index].end;
    for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)(next_byte + i);
    long count = os_write(slots[index].fd, bytes, size);
    if (count > 0) next_byte += (uint64_t)count;
    if (count > 0 && it->kind == SOCKETS) {
        it->unread[peer] += count;
        it->writes[peer]++;
    }
    return count;
}

static void read_some(int index, size_t size) {
    uint32_t sum = 0;
    long count = read_once(index, size, &sum);
    print("  read %d %s %d -> %s %08x\n", index, kind_of(index), (int)size, outcome_of(count).text, sum);
}

static void read_until_empty(int index, size_t size) {
    uint32_t sum = 0;
    int reads = 0;
    long count;
    if (size < 512) size = 512;
    while ((count = read_once(index, size, &sum)) > 0) reads++;
    print("  empty %d %s by %d -> %d reads, then %s %08x\n", index, kind_of(index), (int)size, reads,
          outcome_of(count).text, sum);
}

static void write_some(int index, size_t size) {
    object *it = object_of(index);
    int peer = 1 - slots[index].end;
    if (it->kind == SOCKETS && (it->unread[peer] + (long)size > SOCKET_BYTES || it->writes[peer] == SOCKET_WRITES))
        return print("  enough in there\n");
    long count = write_once(index, size);
    print("  write %d %s %d -> %s\n", index, kind_of(index), (int)size, outcome_of(count).text);
}

static void write_until_full(int index, size_t size) {
    int writes = 0;
    long count;
    if (object_of(index)->kind != PIPE) return write_some(index, size);
    if (size < 512) size = 512;
    while ((count = write_once(index, size)) == (long)size) writes++;
    print("  fill %d %s by %d -> %d writes, then %s\n", index, kind_of(index), (int)size, writes,
          outcome_of(count).text);
}

static void count_up(int index) {
    static const uint64_t values[] = {1, 2, 1000, 0, UINT64_MAX - 1, UINT64_MAX - 2, UINT64_MAX};
    uint64_t value = values[pick(20) < 14 ? pick(3) : pick(7)];
    long done = counter_write(slots[index].fd, value);
    print("  count %d by %016llx -> %s\n", index, (unsigned long long)value, outcome_of(done).text);
}

static void count_down(int index) {
    uint64_t value = 0;
    long done = os_read(slots[index].fd, &value, sizeof value);
    print("  take %d -> %s %016llx\n", index, outcome_of(done).text, (unsigned long long)value);
}

static void move_bytes(void) {
    int index = open_slot();
    if (object_of(index)->kind == COUNTER) return pick(2) ? count_up(index) : count_down(index);
    size_t size = pick(4) == 0 ? 1 + pick(6000) : some_size();
    // The usual direction more often than the refused one.
    int writes = object_of(index)->kind == PIPE && pick(8) != 0 ? slots[index].end == 1 : (int)pick(2);
    switch (pick(6)) {
    case 0: return writes ? write_until_full(index, size) : read_until_empty(index, size);
    default: return writes ? write_some(index, size) : read_some(index, size);
    }
}

static void shut_down(void) {
    int index = open_slot(), how = pick(2) ? SHUTDOWN_WRITE : SHUTDOWN_READ;
    if (object_of(index)->kind != SOCKETS && pick(8) != 0) return print("  no socket\n");
    long done = os_shutdown(slots[index].fd, how);
    print("  shutdown %d %s %s -> %s\n", index, kind_of(index), how == SHUTDOWN_WRITE ? "write" : "read",
          outcome_of(done).text);
}

/* ---- steps on epoll instances ---- */

static uint32_t some_mask(void) {
    static const uint32_t masks[] = {IN, OUT, IN | OUT, IN | RDHUP, IN | OUT | RDHUP, RDHUP, 0, IN, IN};
    uint32_t mask = masks[pick(sizeof masks / sizeof masks[0])];
    if (pick(2)) mask |= EDGE;
    if (pick(5) == 0) mask |= ONESHOT;
    return mask;
}

static void control(void) {
    static const char *const names[] = {"add", "add", "add", "mod", "mod", "del"};
    int ep = instance_slot(), target = open_slot(), choice = (int)pick(6);
    int op = choice < 3 ? ADD : choice < 5 ? MOD : DEL;
    uint32_t mask = some_mask();
    uint64_t token = next_token++;
    int fd = pick(60) == 0 ? 100000 : slots[target].fd;
    long done = os_epoll_ctl(slots[ep].fd, op, fd, mask, token);
    print("  %s %d to %d %s, %s%s%s, as %llu -> %s\n", names[choice], target, ep,
          fd == 100000 ? "no descriptor" : kind_of(target), names_of(mask & ~(uint32_t)(EDGE | ONESHOT)).text,
          mask & EDGE ? " edge" : "", mask & ONESHOT ? " oneshot" : "", (unsigned long long)token,
          outcome_of(done).text);
}

static void wait_now(void) {
    static const int rooms[] = {1, 1, 2, 3, 5, 64, 64, 64};
    int ep = instance_slot();
    print("  from %d", ep);
    show_wait("", slots[ep].fd, rooms[pick(8)], 0);
}

static void step(void) {
    uint32_t choice = pick(100);
    if (choice < 2) make(PIPE);
    else if (choice < 4) make(SOCKETS);
    else if (choice < 6) make(COUNTER);
    else if (choice < 9) duplicate();
    else if (choice < 14) close_one();
    else if (choice < 40) move_bytes();
    else if (choice < 42) shut_down();
    else if (choice < 70) control();
    else wait_now();
}

int guest_main(int argc, char **argv) {
    if (argc != 3) return 64;
    random_state = parse_number(argv[1]);
    uint64_t steps = parse_number(argv[2]);
    for (int i = 0; i < SLOTS; i++) slots[i].fd = -1;
    for (int i = 0; i < INSTANCES; i++) make(INSTANCE);
    make(PIPE), make(SOCKETS), make(COUNTER);
    for (uint64_t i = 0; i < steps; i++) step();
    for (int i = 0; i < INSTANCES; i++) show_wait("at the end", slots[i].fd, 64, 0);
    return 0;
}
