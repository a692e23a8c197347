/* A seeded random sequence of file operations over a directory tree of its own, deep below the directory it is run in.
 *
 * Every result is printed, so two systems that behave alike print the same transcript: errors by name, contents as a
 * checksum, times that were set exactly and all others as "now". Descriptors are named by slot, never by number.
 *
 * Not asked, because WASI's answer is another one: offsets and hints of directories (BADF), or the link "" (NOENT; Linux
 * looks at the descriptor first).
 * A working directory is text in WASI, so the two that are ever used, h and h/i, are never moved or removed.
 *
 * Usage: files SEED STEPS [FROM-TO,FROM-TO...]   only the listed steps are taken; each has random numbers of its own */
#include "portable_files.h"

enum { SLOTS = 12, LEVELS = 24, MOST_BYTES = 9000, MOST_ENTRIES = 512 };

static int slots[SLOTS];
static char base[LONGEST_PATH], tree[LONGEST_PATH];
static int top;
static unsigned char bytes[MOST_BYTES];
static file_entry entries[MOST_ENTRIES];
static uint64_t random_state;
static unsigned step_number;

static uint32_t pick(uint32_t below) {
    random_state += 0x9e3779b97f4a7c15ull;
    uint64_t mixed = random_state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebull;
    return (uint32_t)((mixed ^ (mixed >> 31)) >> 32) % below;
}

static int chance(uint32_t of) { return pick(of) == 0; }

/* ---- text ---- */

typedef struct {
    char text[LONGEST_PATH + 512];
    size_t length;
} string;

static void append(string *to, const char *text) {
    size_t length = strlen(text);
    if (to->length + length >= sizeof to->text) return;
    memcpy(to->text + to->length, text, length + 1);
    to->length += length;
}

static void append_times(string *to, char letter, size_t count) {
    while (count-- > 0 && to->length + 1 < sizeof to->text) to->text[to->length++] = letter;
    to->text[to->length] = 0;
}

/* A path as transcripts show it: the tree's own place, which may differ, is "$", and long ones are cut. */
static const char *shown(const char *path, string *out) {
    size_t prefix = strlen(tree);
    out->length = 0;
    out->text[0] = 0;
    if (prefix > 0 && memcmp(path, tree, prefix) == 0) {
        append(out, "$");
        path += prefix;
    }
    size_t length = strlen(path);
    if (length < 120) {
        append(out, path);
    } else {
        for (size_t i = 0; i < 40; i++) append_times(out, path[i], 1);
        append(out, "...");
    }
    return out->text;
}

static uint32_t checksum(const unsigned char *data, long count) {
    uint32_t sum = 2166136261u;
    for (long i = 0; i < count; i++) sum = (sum ^ data[i]) * 16777619u;
    return sum;
}

/* ---- what operations work on ---- */

/* A name below one of the tree's directories. */
typedef struct {
    int at;
    int slot;
    string path;
} place;

static void append_name(string *path, int may_be_home) {
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "a", "b", "c", "h", "h/i"};
    append(path, names[pick(may_be_home ? 11 : 9)]);
}

/* `harms` when the name may be moved or removed. */
static void pick_place(place *to, int harms) {
    to->path.length = 0;
    to->path.text[0] = 0;
    uint32_t start = pick(8);
    to->slot = -1;
    to->at = top;
    if (start < 2) {
        to->at = CURRENT;
    } else if (start == 2) {
        append(&to->path, tree);
        append(&to->path, chance(4) ? "//" : "/");
        to->at = CURRENT;
    } else if (start < 5) {
        to->slot = (int)pick(SLOTS);
        to->at = slots[to->slot];
    }
    uint32_t rare = pick(60);
    if (rare == 0) {
        if (to->at == CURRENT) to->at = top;
        append_times(&to->path, 'n', 254 + pick(3));
        return;
    }
    if (rare == 1 && to->at != CURRENT) {
        for (int i = 0; i < 2046; i++) append(&to->path, "./");
        append_times(&to->path, 'x', 2 + pick(3));
        return;
    }
    if (rare == 2 && to->path.length == 0) return;
    uint32_t parents = pick(8) < 5 ? 0 : 1 + pick(3);
    for (uint32_t i = 0; i < parents; i++) {
        uint32_t kind = pick(9);
        if (kind == 0) append(&to->path, "..");
        else if (kind == 1) append(&to->path, ".");
        else append_name(&to->path, 1);
        append(&to->path, chance(8) ? "//" : "/");
    }
    uint32_t last = pick(24);
    if (last == 0) append(&to->path, ".");
    else if (last == 1) append(&to->path, "..");
    else append_name(&to->path, !harms);
    if (chance(12)) append(&to->path, "/");
}

static void print_place(const char *what, const place *at) {
    static string text;
    print("%u %s ", step_number, what);
    if (at->slot >= 0) print("#%d:", at->slot);
    print("%s", shown(at->path.text, &text));
}

static int is_open(int slot) { return slots[slot] >= 0; }

static int any_slot(void) {
    int slot = (int)pick(SLOTS);
    for (int i = 0; i < SLOTS && !is_open(slot); i++) slot = (slot + 1) % SLOTS;
    return slot;
}

static int is_directory(int slot) { return is_open(slot) && (file_flags(slots[slot]) & DIRECTORY); }

static void print_result(long long value) { print(" -> %s\n", outcome_of(value).text); }

static const char *time_text(uint64_t time, string *out) {
    out->length = 0;
    if (time >= 1ull << 60) return "now";
    char digits[24];
    int count = 0;
    do digits[count++] = (char)('0' + time % 10);
    while ((time /= 10) != 0);
    while (count > 0) append_times(out, digits[--count], 1);
    return out->text;
}

static void print_status(int answer, const file_status *status) {
    static string access, modify;
    if (answer < 0) return print_result(answer);
    print(" -> %c links %llu", status->type, (unsigned long long)status->links);
    if (status->type == 'f') print(" size %llu", (unsigned long long)status->size);
    print(" access %s modify %s\n", time_text(status->access, &access), time_text(status->modify, &modify));
}

/* ---- steps on names ---- */

static void step_open(void) {
    static const struct {
        unsigned flag;
        char letter;
    } letters[] = {{MAY_READ, 'r'}, {MAY_WRITE, 'w'}, {CREATE, 'c'}, {EXCLUSIVE, 'x'}, {TRUNCATE, 't'},
                   {DIRECTORY, 'd'}, {NO_FOLLOW, 'n'}, {APPEND, 'a'}, {NONBLOCKING, 'b'}, {CLOSE_ON_EXEC, 'e'},
                   {SYNCHRONOUS, 's'}};
    static place at;
    pick_place(&at, 0);
    unsigned flags = pick(5) < 2 ? MAY_READ : pick(3) == 0 ? MAY_WRITE : MAY_READ | MAY_WRITE;
    if (flags & MAY_WRITE ? !chance(3) : chance(8)) flags |= CREATE;
    if (chance(6)) flags |= EXCLUSIVE;
    if (flags & MAY_WRITE ? chance(4) : chance(30)) flags |= TRUNCATE;
    if (chance(6)) flags |= DIRECTORY;
    if (chance(5)) flags |= NO_FOLLOW;
    if (chance(5)) flags |= APPEND;
    if (chance(12)) flags |= NONBLOCKING;
    if (chance(6)) flags |= CLOSE_ON_EXEC;
    if (chance(40)) flags |= SYNCHRONOUS;
    int slot = (int)pick(SLOTS);
    print_place("open", &at);
    char text[16];
    int used = 0;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (flags & letters[i].flag) text[used++] = letters[i].letter;
    text[used] = 0;
    int fd = file_open(at.at, at.path.text, flags);
    print(" %s #%d", text, slot);
    print_result(fd < 0 ? fd : 0);
    if (fd < 0) return;
    if (is_open(slot)) os_close(slots[slot]);
    slots[slot] = fd;
}

static void step_mkdir(void) {
    static place at;
    pick_place(&at, 0);
    print_place("mkdir", &at);
    print_result(file_mkdir(at.at, at.path.text));
}

static void step_rmdir(void) {
    static place at;
    pick_place(&at, 1);
    print_place("rmdir", &at);
    print_result(file_rmdir(at.at, at.path.text));
}

static void step_unlink(void) {
    static place at;
    pick_place(&at, 1);
    print_place("unlink", &at);
    print_result(file_unlink(at.at, at.path.text));
}

static void step_rename(void) {
    static place from, to;
    pick_place(&from, 1);
    pick_place(&to, 1);
    print_place("rename", &from);
    static string text;
    print(" to #%d:%s", to.slot, shown(to.path.text, &text));
    print_result(file_rename(from.at, from.path.text, to.at, to.path.text));
}

static void step_link(void) {
    static place from, to;
    pick_place(&from, 0);
    pick_place(&to, 0);
    print_place("link", &from);
    static string text;
    print(" as #%d:%s", to.slot, shown(to.path.text, &text));
    print_result(file_link(from.at, from.path.text, to.at, to.path.text));
}

static void step_symlink(void) {
    static place at;
    static string text, shown_text;
    pick_place(&at, 0);
    text.length = 0;
    text.text[0] = 0;
    uint32_t kind = pick(6);
    if (kind == 0) {
        append(&text, tree);
        append(&text, "/");
    }
    for (uint32_t i = pick(3); i > 0 && kind < 3; i--) append(&text, chance(2) ? "../" : chance(2) ? "./" : "d/");
    if (!chance(30)) append_name(&text, 1);
    if (chance(15) && text.length > 0) append(&text, "/");
    print_place("symlink", &at);
    print(" says %s", shown(text.text, &shown_text));
    print_result(file_symlink(text.text, at.at, at.path.text));
}

static void step_readlink(void) {
    static place at;
    static string text;
    static char buffer[LONGEST_PATH];
    pick_place(&at, 0);
    print_place("readlink", &at);
    if (at.path.length == 0) return print(" left out\n");
    /* Cut short only where the text does not depend on where the tree is. */
    long length = file_readlink(at.at, at.path.text, buffer, sizeof buffer - 1);
    if (length < 0) return print_result(length);
    buffer[length] = 0;
    print(" -> %s", shown(buffer, &text));
    if (buffer[0] == '/') return print("\n");
    size_t size = pick(7);
    print(", %u bytes ->", (unsigned)size);
    print_result(file_readlink(at.at, at.path.text, buffer, size));
}

static void step_stat(void) {
    static place at;
    file_status status;
    pick_place(&at, 0);
    int follow = !chance(3);
    print_place(follow ? "stat" : "lstat", &at);
    int answer = file_stat(at.at, at.path.text, follow, &status);
    print_status(answer, &status);
}

static void step_times(void) {
    static place at;
    pick_place(&at, 0);
    int follow = !chance(3), flags = (int)pick(16);
    uint64_t access = 1000000000000000000ull + pick(1u << 30), modify = 900000000000000000ull + pick(1u << 30);
    print_place(follow ? "times" : "ltimes", &at);
    print(" %llu %llu %d", (unsigned long long)access, (unsigned long long)modify, flags);
    print_result(file_set_times(at.at, at.path.text, follow, access, modify, flags));
}

/* The names of a directory with their types, sorted. */
static void print_listing(int fd) {
    uint64_t after = 0;
    int count = 0, more;
    while ((more = file_list(fd, after, entries + count, MOST_ENTRIES - count)) > 0) {
        count += more;
        after = entries[count - 1].next;
    }
    if (more < 0) return print_result(more);
    for (int i = 1; i < count; i++) {
        file_entry entry = entries[i];
        int k = i;
        for (; k > 0 && strcmp(entries[k - 1].name, entry.name) > 0; k--) entries[k] = entries[k - 1];
        entries[k] = entry;
    }
    print(" ->");
    static string text;
    for (int i = 0; i < count; i++) print(" %s:%c", shown(entries[i].name, &text), entries[i].type);
    print("\n");
}

static void step_list(void) {
    if (chance(3)) {
        int slot = any_slot();
        print("%u list #%d", step_number, slot);
        return print_listing(slots[slot]);
    }
    static place at;
    pick_place(&at, 0);
    print_place("list", &at);
    int fd = file_open(at.at, at.path.text, MAY_READ | DIRECTORY);
    if (fd < 0) return print_result(fd);
    print_listing(fd);
    os_close(fd);
}

static void numbered(char name[8], char letter, int number) {
    name[0] = letter;
    name[1] = (char)('0' + number / 100);
    name[2] = (char)('0' + number / 10 % 10);
    name[3] = (char)('0' + number % 10);
    name[4] = 0;
}

/* A directory that is read in pieces while entries come and go: those that stay are seen once each. */
static void step_changing_list(void) {
    enum { STAY = 150, GO = 60 };
    char name[8];
    print("%u changing list", step_number);
    if (file_mkdir(top, "L") < 0) return print_result(-1);
    int fd = file_open(top, "L", MAY_READ | DIRECTORY), seen[STAY] = {0}, round = 0, most = 1 + (int)pick(9);
    for (int i = 0; i < STAY + GO; i++) {
        numbered(name, i < STAY ? 's' : 'g', i);
        os_close(file_open(fd, name, MAY_WRITE | CREATE | EXCLUSIVE));
    }
    uint64_t after = 0;
    for (int count; (count = file_list(fd, after, entries, most)) > 0; round++) {
        after = entries[count - 1].next;
        for (int i = 0; i < count; i++) {
            int number = (entries[i].name[1] - '0') * 100 + (entries[i].name[2] - '0') * 10 + entries[i].name[3] - '0';
            if (entries[i].name[0] == 's') seen[number]++;
        }
        if (round < GO) {
            numbered(name, 'g', STAY + round);
            file_unlink(fd, name);
            numbered(name, 'n', round);
            if (round % 2 == 0) os_close(file_open(fd, name, MAY_WRITE | CREATE));
        }
    }
    int once = 0;
    for (int i = 0; i < STAY; i++) once += seen[i] == 1;
    print(" %d of %d once", once, STAY);
    for (int i = 0; i < STAY + GO; i++) {
        numbered(name, i < STAY ? 's' : 'g', i);
        file_unlink(fd, name);
        numbered(name, 'n', i);
        file_unlink(fd, name);
    }
    os_close(fd);
    print_result(file_rmdir(top, "L"));
}

static void step_chdir(void) {
    static const char *const targets[] = {"/h", "/h/i", "/h/.", "/h/i/..", "", "/a", "/b", "/h/keep"};
    static string path, text;
    static char now[LONGEST_PATH];
    path.length = 0;
    uint32_t which = pick(8);
    int is_whole = which < 4 || chance(2);
    if (is_whole) append(&path, tree);
    append(&path, targets[which] + (!is_whole && targets[which][0] == '/'));
    file_status status;
    /* A directory that may be moved is no place to stay, so only a failure is of interest. */
    int may_stay = which < 5;
    print("%u chdir %s", step_number, shown(path.text, &text));
    if (!may_stay && file_stat(CURRENT, path.text, 1, &status) == 0 && status.type == 'd') return print(" left out\n");
    print_result(file_chdir(path.length > 0 ? path.text : ""));
    file_getcwd(now, sizeof now);
    print("%u   getcwd %s\n", step_number, shown(now, &text));
    if (chance(4)) {
        print("%u   small", step_number);
        print_result(file_getcwd(now, 3));
    }
}

/* ---- steps on descriptors ---- */

static int64_t pick_offset(void) {
    uint32_t kind = pick(40);
    if (kind == 0) return -1 - (int64_t)pick(5000);
    if (kind == 1) return (5ll << 30) + pick(100);
    if (kind == 2) return INT64_MAX - pick(3);
    return pick(12000);
}

static void step_read(void) {
    int slot = any_slot();
    size_t size = pick(MOST_BYTES);
    print("%u read #%d %u", step_number, slot, (unsigned)size);
    long count = os_read(slots[slot], bytes, size);
    if (count >= 0) print(" %08x", (unsigned)checksum(bytes, count));
    print_result(count);
}

static void step_pread(void) {
    int slot = any_slot();
    size_t size = pick(MOST_BYTES);
    int64_t offset = pick_offset();
    print("%u pread #%d %u at %lld", step_number, slot, (unsigned)size, (long long)offset);
    if (is_directory(slot) && offset > 1ll << 60) return print(" left out\n");
    long count = file_pread(slots[slot], bytes, size, (uint64_t)offset);
    if (count >= 0) print(" %08x", (unsigned)checksum(bytes, count));
    print_result(count);
}

static size_t fill(void) {
    size_t size = pick(MOST_BYTES);
    unsigned char next = (unsigned char)pick(256);
    for (size_t i = 0; i < size; i++) bytes[i] = next++;
    return size;
}

static void step_write(void) {
    int slot = any_slot();
    size_t size = fill();
    print("%u write #%d %u", step_number, slot, (unsigned)size);
    print_result(os_write(slots[slot], bytes, size));
}

static void step_pwrite(void) {
    int slot = any_slot();
    size_t size = fill();
    int64_t offset = pick_offset();
    print("%u pwrite #%d %u at %lld", step_number, slot, (unsigned)size, (long long)offset);
    print_result(file_pwrite(slots[slot], bytes, size, (uint64_t)offset));
}

static void step_seek(void) {
    int slot = any_slot(), origin = (int)pick(3);
    int64_t offset = origin == FROM_START ? pick_offset() : (int64_t)pick(8000) - 4000;
    print("%u seek #%d %lld from %d", step_number, slot, (long long)offset, origin);
    if (is_directory(slot)) return print(" left out\n");
    print_result(file_seek(slots[slot], offset, origin));
}

static void step_truncate(void) {
    int slot = any_slot();
    int64_t size = pick_offset();
    print("%u truncate #%d %lld", step_number, slot, (long long)size);
    print_result(file_truncate(slots[slot], size));
}

static void step_allocate(void) {
    int slot = any_slot();
    int64_t offset = chance(20) ? pick_offset() : pick(20000), size = chance(20) ? -1 + (int)pick(2) : 1 + (int)pick(20000);
    print("%u allocate #%d %lld %lld", step_number, slot, (long long)offset, (long long)size);
    print_result(file_allocate(slots[slot], offset, size));
}

static void step_fstat(void) {
    int slot = any_slot();
    file_status status;
    print("%u fstat #%d", step_number, slot);
    int answer = file_fstat(slots[slot], &status);
    print_status(answer, &status);
}

static void step_fset_times(void) {
    int slot = any_slot(), flags = (int)pick(16);
    uint64_t access = 800000000000000000ull + pick(1u << 30), modify = 700000000000000000ull + pick(1u << 30);
    print("%u ftimes #%d %llu %llu %d", step_number, slot, (unsigned long long)access, (unsigned long long)modify,
          flags);
    print_result(file_fset_times(slots[slot], access, modify, flags));
}

static void step_close(void) {
    int slot = (int)pick(SLOTS);
    print("%u close #%d", step_number, slot);
    print_result(os_close(slots[slot]));
    slots[slot] = -1;
}

static void step_dup(void) {
    int from = any_slot(), to = (int)pick(SLOTS), kind = (int)pick(3), fd;
    int least = 40 + (int)pick(100), close_on_exec = (int)pick(2);
    print("%u dup #%d to #%d", step_number, from, to);
    if (kind == 0 && is_open(from) && is_open(to)) {
        print(" onto");
        print_result(file_dup_onto(slots[from], slots[to]) < 0 ? -1 : 0);
        return;
    }
    fd = kind == 1 ? file_dup_from(slots[from], least, close_on_exec) : os_dup(slots[from]);
    if (fd >= 0 && kind == 1) print(" %s", fd >= least ? "high" : "LOW");
    print_result(fd < 0 ? fd : 0);
    if (fd < 0) return;
    if (is_open(to)) os_close(slots[to]);
    slots[to] = fd;
}

static void step_flags(void) {
    int slot = any_slot();
    print("%u flags #%d", step_number, slot);
    switch (pick(4)) {
    case 0: {
        unsigned flags = (chance(2) ? APPEND : 0) | (chance(3) ? NONBLOCKING : 0);
        print(" set %u", flags);
        return print_result(file_set_flags(slots[slot], flags));
    }
    case 1: {
        int on = (int)pick(2);
        print(" close on exec %d", on);
        return print_result(file_set_close_on_exec(slots[slot], on));
    }
    case 2: print(" close on exec"); return print_result(file_close_on_exec(slots[slot]));
    default: return print_result(file_flags(slots[slot]));
    }
}

static void step_sync(void) {
    int slot = any_slot(), data = (int)pick(2);
    print("%u sync #%d", step_number, slot);
    print_result(file_sync(slots[slot], data));
}

static void step_advise(void) {
    int slot = any_slot(), advice = (int)pick(7);
    print("%u advise #%d %d", step_number, slot, advice);
    if (is_directory(slot)) return print(" left out\n");
    // One after the other: compilers differ in the order in which they evaluate arguments.
    int64_t offset = (int64_t)pick(100) - 20;
    int64_t size = (int64_t)pick(100) - 5;
    print_result(file_advise(slots[slot], offset, size, advice));
}

/* ---- the tree ---- */

static void remove_tree(int at, const char *name) {
    int fd = file_open(at, name, MAY_READ | DIRECTORY | NO_FOLLOW);
    if (fd < 0) {
        file_unlink(at, name);
        return;
    }
    /* From the start again after each, so that nothing rests on cookies here. */
    for (int count = 3; count > 0;) {
        file_entry some[8];
        uint64_t after = 0;
        int removed = 0;
        while (removed == 0 && (count = file_list(fd, after, some, 8)) > 0) {
            for (int i = 0; i < count; i++) {
                if (strcmp(some[i].name, ".") == 0 || strcmp(some[i].name, "..") == 0) continue;
                remove_tree(fd, some[i].name);
                removed++;
            }
            after = some[count - 1].next;
        }
    }
    os_close(fd);
    file_rmdir(at, name);
}

/* So deep that no `..` in paths and links climbs out of it. */
static void make_tree(void) {
    static string path;
    file_base(base, sizeof base);
    append(&path, base);
    append(&path, "/files-tree");
    remove_tree(CURRENT, path.text);
    for (int level = 0; level < LEVELS; level++) {
        if (file_mkdir(CURRENT, path.text) < 0) print("cannot make a tree: %s\n", os_error);
        append(&path, "/u");
    }
    file_mkdir(CURRENT, path.text);
    memcpy(tree, path.text, path.length + 1);
    top = file_open(CURRENT, tree, MAY_READ | DIRECTORY);
    file_mkdir(top, "h");
    file_mkdir(top, "h/i");
    os_close(file_open(top, "h/keep", MAY_WRITE | CREATE));
    file_chdir(tree);
}

static const struct {
    void (*body)(void);
    uint32_t weight;
} steps[] = {{step_open, 26}, {step_close, 4}, {step_read, 8}, {step_pread, 5}, {step_write, 10}, {step_pwrite, 5},
             {step_seek, 6}, {step_truncate, 4}, {step_allocate, 2}, {step_fstat, 6}, {step_fset_times, 2},
             {step_mkdir, 10}, {step_rmdir, 6}, {step_unlink, 6}, {step_rename, 12}, {step_link, 6},
             {step_symlink, 9}, {step_readlink, 5}, {step_stat, 14}, {step_times, 4}, {step_list, 8}, {step_chdir, 3},
             {step_dup, 5}, {step_flags, 6}, {step_sync, 1}, {step_advise, 1}};

static void take_step(uint64_t seed, unsigned number) {
    step_number = number;
    random_state = seed * 0xd1342543de82ef95ull + number;
    pick(2);
    if (number % 500 == 0) return step_changing_list();
    uint32_t total = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) total += steps[i].weight;
    uint32_t choice = pick(total);
    size_t which = 0;
    while (choice >= steps[which].weight) choice -= steps[which++].weight;
    steps[which].body();
}

static const char *take_number(const char *text, unsigned *number) {
    for (*number = 0; *text >= '0' && *text <= '9'; text++) *number = *number * 10 + (unsigned)(*text - '0');
    return *text ? text + 1 : text;
}

int guest_main(int argc, char **argv) {
    if (argc < 3) {
        print("usage: files SEED STEPS [FROM-TO,FROM-TO...]\n");
        return 64;
    }
    uint64_t seed = parse_number(argv[1]);
    unsigned count = (unsigned)parse_number(argv[2]);
    for (int i = 0; i < SLOTS; i++) slots[i] = -1;
    make_tree();
    if (argc < 4)
        for (unsigned number = 1; number <= count; number++) take_step(seed, number);
    for (const char *list = argc < 4 ? "" : argv[3]; *list;) {
        unsigned from, to;
        list = take_number(take_number(list, &from), &to);
        for (unsigned number = from; number <= to && number <= count; number++) take_step(seed, number);
    }
    file_chdir(base[0] ? base : "/");
    remove_tree(CURRENT, "files-tree");
    return 0;
}
