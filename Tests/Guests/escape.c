/* Tries to leave the granted directory, by every way there is (wasm only).
 *
 * The host gives /box, and beside it, outside, a directory with a file `secret`. In the box are: `in/`, and links made by
 * the host: `absolute` and `relative` to the directory outside, `file` to the secret, `dangling` to a name outside that
 * does not exist.
 *
 * Usage: escape attempts OUTSIDE     OUTSIDE is the host's path of that directory; prints every attempt and its errno
 *        escape race SECONDS         other threads swap links and move directories under the feet of the attempts
 *        escape hold                 puts a file into /tmp, says so, and waits for the end of its input */
#include "portable_files.h"

static char outside[LONGEST_PATH];
static unsigned attempts, breaches;

static void tried(const char *what, const char *path, long long answer) {
    attempts++;
    if (answer >= 0) breaches++;
    size_t length = strlen(path);
    print("%s %s -> %s%s\n", what, length < 200 ? path : "(long)", outcome_of(answer < 0 ? -1 : 0).text,
          answer >= 0 ? " BREACH" : "");
}

/* Everything that can be asked about a name, each of which must fail. */
static void try_path(int at, const char *path) {
    static char buffer[64];
    file_status status;
    tried("open", path, file_open(at, path, MAY_READ));
    tried("open without following", path, file_open(at, path, MAY_READ | NO_FOLLOW));
    tried("open for writing", path, file_open(at, path, MAY_READ | MAY_WRITE));
    tried("create", path, file_open(at, path, MAY_WRITE | CREATE));
    tried("create anew", path, file_open(at, path, MAY_WRITE | CREATE | EXCLUSIVE));
    tried("truncate", path, file_open(at, path, MAY_WRITE | TRUNCATE));
    tried("stat", path, file_stat(at, path, 1, &status));
    tried("lstat", path, file_stat(at, path, 0, &status));
    tried("set times", path, file_set_times(at, path, 1, 1, 1, SET_ACCESS | SET_MODIFY));
    tried("readlink", path, file_readlink(at, path, buffer, sizeof buffer));
    tried("mkdir", path, file_mkdir(at, path));
    tried("rmdir", path, file_rmdir(at, path));
    tried("unlink", path, file_unlink(at, path));
    tried("symlink", path, file_symlink("in", at, path));
    tried("rename from", path, file_rename(at, path, CURRENT, "/box/stolen"));
    tried("rename to", path, file_rename(CURRENT, "/box/mine", at, path));
    tried("link from", path, file_link(at, path, CURRENT, "/box/stolen"));
    tried("link to", path, file_link(CURRENT, "/box/mine", at, path));
}

static const char *joined(const char *first, const char *second) {
    static char text[3 * LONGEST_PATH];
    size_t length = strlen(first);
    memcpy(text, first, length);
    memcpy(text + length, second, strlen(second) + 1);
    return text;
}

static int attempt_all(void) {
    static const char *const below_box[] = {
        "../outside/secret", "./../outside/secret", "in/../../outside/secret", "in/../in/../../outside/secret",
        "in/./.././../outside/secret", "../../../../../../../../etc/passwd", "in//..//..//outside/secret",
        "absolute/secret", "relative/secret", "absolute/../outside/secret", "in/made-up/secret", "made-relative/secret",
        "made-absolute/secret", "made-chain/secret", "absolute/new", "relative/new"};
    static const char *const absolute[] = {
        "/box/../outside/secret", "/box/in/../../outside/secret", "/outside/secret", "/../outside/secret",
        "/../../etc/passwd", "/etc/passwd", "/dev/../outside/secret", "/dev/../../etc/passwd", "/dev/fd/0", "/dev/mem",
        "/proc/self/root/etc/passwd", "/proc/self/cwd/secret", "/proc/self/fd/3/../outside/secret", "/proc/self/exe",
        "/box/../proc/self/mem", "/tmp/../etc/passwd", "//outside/secret", "/./box/./../outside/secret",
        "/tmp/../box/../outside/secret"};
    static char longest[5000];
    int box = file_open(CURRENT, "/box", MAY_READ | DIRECTORY), in = file_open(box, "in", MAY_READ | DIRECTORY);
    int mine = file_open(box, "mine", MAY_READ | MAY_WRITE | CREATE);
    file_symlink("../../outside", box, "in/made-up");
    file_symlink("../outside", box, "made-relative");
    file_symlink(outside, box, "made-absolute");
    file_symlink("made-relative", box, "made-chain");
    file_symlink("../outside/planted", box, "made-dangling");
    for (size_t i = 0; i < sizeof below_box / sizeof below_box[0]; i++) try_path(box, below_box[i]);
    for (size_t i = 0; i < sizeof absolute / sizeof absolute[0]; i++) try_path(box, absolute[i]);
    try_path(box, joined(outside, "/secret"));
    try_path(box, joined("/box/../", joined(outside, "/secret")));
    try_path(in, "../../outside/secret");
    try_path(in, "made-up/secret");
    try_path(mine, "../outside/secret");
    try_path(-1, "../outside/secret");
    for (size_t i = 0; i + 1 < sizeof longest; i++) longest[i] = "../"[i % 3];
    try_path(box, longest);
    /* A name that ends at a NUL for the host, and goes on for us. */
    int fd = -1;
    int error = wasix_path_open2(box, 1, "in\0/../../outside/secret", 24, 0, WASIX_RIGHT_READ, 0, 0, 0, &fd);
    tried("open", "in NUL", os_result(error, fd));
    /* Through a link of the host or of our own to what is not there: nothing may be planted outside. */
    tried("create through", "dangling", file_open(box, "dangling", MAY_WRITE | CREATE));
    tried("create through", "made-dangling", file_open(box, "made-dangling", MAY_WRITE | CREATE));
    tried("open through", "file", file_open(box, "file", MAY_READ));
    tried("stat through", "file", file_stat(box, "file", 1, &(file_status){0}));
    tried("set times through", "file", file_set_times(box, "file", 1, 1, 1, SET_MODIFY));
    tried("list", "relative", file_open(box, "relative", MAY_READ | DIRECTORY));
    tried("list", "..", file_open(box, "..", MAY_READ | DIRECTORY));
    tried("list", "relative/", file_open(box, "relative/", MAY_READ | DIRECTORY));
    tried("link through", "relative/", file_link(box, "relative/", box, "stolen"));
    tried("rename box", "/box", file_rename(CURRENT, "/box", CURRENT, "/other"));
    tried("remove box", "/box", file_rmdir(CURRENT, "/box"));
    tried("chdir", "/box/relative", file_chdir("/box/relative"));
    tried("chdir", "/box/absolute", file_chdir("/box/absolute"));
    tried("chdir", "/box/../outside", file_chdir("/box/../outside"));
    tried("chdir", outside, file_chdir(outside));
    /* From a working directory inside, and with links that are followed there. */
    file_chdir("/box/in");
    try_path(CURRENT, "../../outside/secret");
    try_path(CURRENT, "made-up/secret");
    file_chdir("..");
    try_path(CURRENT, "../outside/secret");
    file_chdir("../../../..");
    try_path(CURRENT, "outside/secret");
    return 0;
}

/* ---- races ---- */

enum { BREAKERS = 2 };
static volatile int is_over;
static unsigned long long moves[BREAKERS];

/* Swaps a directory and a link that leads outside, and moves directories that others are walking through. */
static void break_things(void *argument) {
    int which = (int)(size_t)argument, box = file_open(CURRENT, "/box", MAY_READ | DIRECTORY);
    while (!is_over) {
        if (which == 0) {
            file_rename(box, "swap", box, "swap-directory");
            file_rename(box, "swap-link", box, "swap");
            file_rename(box, "swap", box, "swap-link");
            file_rename(box, "swap-directory", box, "swap");
        } else {
            file_rename(box, "deep/a/b/c", box, "moved");
            file_rename(box, "moved", box, "deep/a/b/c");
            file_rename(box, "deep/a", box, "shallow");
            file_rename(box, "shallow", box, "deep/a");
        }
        moves[which] += 4;
    }
}

static void breach(const char *what) {
    breaches++;
    print("%s BREACH\n", what);
}

static int race(uint64_t seconds) {
    static const char *const paths[] = {
        "swap/secret", "swap/../secret", "swap/../outside/secret", "deep/a/b/c/../../../../../outside/secret",
        "deep/a/b/c/../../../../outside/secret", "deep/a/b/c/../../../../../../outside/secret", "swap/./secret"};
    os_thread breakers[BREAKERS];
    int box = file_open(CURRENT, "/box", MAY_READ | DIRECTORY);
    file_status status;
    file_mkdir(box, "swap");
    file_symlink("../outside", box, "swap-link");
    file_mkdir(box, "deep");
    file_mkdir(box, "deep/a");
    file_mkdir(box, "deep/a/b");
    file_mkdir(box, "deep/a/b/c");
    os_close(file_open(box, "mine", MAY_WRITE | CREATE));
    for (size_t i = 0; i < BREAKERS; i++) os_thread_start(&breakers[i], break_things, (void *)i);
    uint64_t end = os_now() + seconds * 1000000000ull;
    for (unsigned round = 0; os_now() < end; round++) {
        const char *path = paths[round % (sizeof paths / sizeof paths[0])];
        int fd = file_open(box, path, MAY_READ);
        if (fd >= 0) breach("open");
        if (file_stat(box, path, round & 1, &status) >= 0) breach("stat");
        if (file_link(box, path, box, "stolen") >= 0) breach("link");
        if (file_rename(box, path, box, "stolen") >= 0) breach("rename");
        if (file_unlink(box, path) >= 0) breach("unlink");
        /* May succeed inside; the test looks at what is outside when all is over. */
        file_open(box, "swap/planted", MAY_WRITE | CREATE) >= 0 ? (void)file_unlink(box, "swap/planted") : (void)0;
        if (file_mkdir(box, "swap/made") >= 0) file_rmdir(box, "swap/made");
        file_rename(box, "mine", box, "swap/mine");
        file_rename(box, "swap/mine", box, "mine");
        int moving = file_open(box, "deep/a/b/c", MAY_READ | DIRECTORY);
        if (moving >= 0) {
            if (file_open(moving, "../../../../../outside/secret", MAY_READ) >= 0) breach("open from below");
            if (file_open(moving, "../../outside/secret", MAY_READ) >= 0) breach("open from below");
            if (file_open(moving, "../../../outside/secret", MAY_READ) >= 0) breach("open from below");
            os_close(moving);
        }
        for (int i = 8; i < 64; i++) os_close(i);
        attempts += 8;
    }
    is_over = 1;
    for (int i = 0; i < BREAKERS; i++) os_thread_join(&breakers[i]);
    print("moves %llu\n", moves[0] + moves[1]);
    return 0;
}

static int hold(void) {
    char byte;
    int fd = file_open(CURRENT, "/tmp/held", MAY_WRITE | CREATE | EXCLUSIVE);
    print("%s\n", fd < 0 ? os_error : "held");
    while (os_read(0, &byte, 1) > 0) {}
    return 0;
}

int guest_main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "hold") == 0) return hold();
    if (argc < 3) return 64;
    if (strcmp(argv[1], "race") == 0) {
        race(parse_number(argv[2]));
    } else {
        memcpy(outside, argv[2], strlen(argv[2]) + 1);
        attempt_all();
    }
    print("attempts %u breaches %u\n", attempts, breaches);
    return breaches > 0;
}
