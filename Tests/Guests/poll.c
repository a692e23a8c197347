/* Acceptance scenario 22, wasm only: poll_oneoff. Needs a directory to work in, with write access.
 * The expected transcript is expected/poll.txt. */
#include "transcript.h"

static wasix_subscription clock_event(uint64_t userdata, uint32_t id, uint64_t timeout, uint16_t flags) {
    return (wasix_subscription){.userdata = userdata, .tag = WASIX_EVENT_CLOCK,
                                .clock = {.id = id, .timeout = timeout, .flags = flags}};
}

static wasix_subscription fd_event(uint64_t userdata, uint8_t tag, int fd) {
    return (wasix_subscription){.userdata = userdata, .tag = tag, .fd = (uint32_t)fd};
}

static void poll(const char *what, const wasix_subscription *subscriptions, wasix_size count) {
    static const char *const types[] = {"clock", "read", "write"};
    static wasix_event events[8];
    wasix_size fired = 0;
    int error = wasix_poll_oneoff(subscriptions, events, count, &fired);
    print("  %s -> %s", what, wasix_errno_name(error));
    for (wasix_size i = 0; i < fired && error == 0; i++) {
        wasix_event *event = &events[i];
        print(" [%llu %s %s", (unsigned long long)event->userdata, types[event->type], wasix_errno_name(event->error));
        // How much room a writer has is not promised.
        if (event->type == WASIX_EVENT_FD_READ && event->error == 0) print(" %llu", (unsigned long long)event->nbytes);
        print("%s]", event->error == 0 && event->rwflags & WASIX_EVENT_HANGUP ? " hangup" : "");
    }
    print("\n");
}

static uint64_t clock_now(uint32_t id) {
    uint64_t time = 0;
    wasix_clock_time_get(id, 1, &time);
    return time;
}

static void clocks(void) {
    static const uint32_t ids[] = {WASIX_CLOCK_REALTIME, WASIX_CLOCK_MONOTONIC};
    static const char *const names[] = {"realtime", "monotonic"};
    scenario(22, "clocks");
    for (int i = 0; i < 2; i++) {
        print("  %s\n", names[i]);
        wasix_subscription one = clock_event(1, ids[i], 0, 0);
        poll("in 0 ns", &one, 1);
        one = clock_event(2, ids[i], 1, 0);
        poll("in 1 ns", &one, 1);
        one = clock_event(3, ids[i], 1000, WASIX_CLOCK_ABSTIME);
        poll("long past", &one, 1);
        uint64_t due = clock_now(ids[i]) + 30 * MILLISECONDS;
        one = clock_event(UINT64_MAX, ids[i], due, WASIX_CLOCK_ABSTIME);
        poll("at a time 30 ms ahead", &one, 1);
        print("  not early: %d\n", clock_now(ids[i]) >= due);
        uint64_t start = clock_now(WASIX_CLOCK_MONOTONIC);
        one = clock_event(4, ids[i], 30 * MILLISECONDS, 0);
        poll("in 30 ms", &one, 1);
        print("  not early: %d\n", clock_now(WASIX_CLOCK_MONOTONIC) - start >= 30 * MILLISECONDS);
    }
    wasix_subscription two[] = {clock_event(1, WASIX_CLOCK_REALTIME, 0, 0), clock_event(2, WASIX_CLOCK_MONOTONIC, 0, 0)};
    poll("two due in one call", two, 2);
    two[1].clock.timeout = 10000 * MILLISECONDS;
    poll("one due, one far", two, 2);
    wasix_subscription odd = clock_event(1, 99, 0, 0);
    poll("unknown clock", &odd, 1);
    odd.tag = 3;
    poll("unknown kind", &odd, 1);
    poll("nothing", &odd, 0);
}

static void files(void) {
    scenario(22, "files");
    wasix_subscription both[] = {fd_event(1, WASIX_EVENT_FD_READ, 1000),
                                 clock_event(2, WASIX_CLOCK_MONOTONIC, 10000 * MILLISECONDS, 0)};
    uint64_t start = os_now();
    poll("no such descriptor, with a timeout", both, 2);
    print("  at once: %d\n", os_now() - start < 5000 * MILLISECONDS);
    int file = os_create("polled.tmp");
    os_write(file, "hello", 5);
    wasix_subscription sides[] = {fd_event(1, WASIX_EVENT_FD_READ, file), fd_event(2, WASIX_EVENT_FD_WRITE, file)};
    poll("file at its end", sides, 2);
    os_close(file);
    file = os_open("polled.tmp");
    sides[0] = fd_event(3, WASIX_EVENT_FD_READ, file);
    poll("file at its start", sides, 1);
    os_close(file);
    os_unlink("polled.tmp");
}

static void write_later(void *argument) {
    os_sleep(30 * MILLISECONDS);
    os_write(*(int *)argument, "late", 4);
}

static void pipes(void) {
    scenario(22, "pipes");
    static int ends[2];
    static os_thread writer;
    os_pipe(ends);
    wasix_subscription all[] = {fd_event(1, WASIX_EVENT_FD_READ, ends[0]), fd_event(2, WASIX_EVENT_FD_WRITE, ends[1]),
                                clock_event(3, WASIX_CLOCK_MONOTONIC, 10 * MILLISECONDS, 0)};
    poll("empty: only the writer", all, 3);
    wasix_subscription reader[] = {all[0], all[2]};
    poll("reader and 10 ms", reader, 2);
    os_write(ends[1], "abc", 3);
    poll("three bytes", all, 3);
    poll("the reader twice", (wasix_subscription[]){all[0], all[0]}, 2);
    char bytes[8];
    os_read(ends[0], bytes, sizeof bytes);
    reader[1].clock.timeout = 10000 * MILLISECONDS;
    os_thread_start(&writer, write_later, &ends[1]);
    poll("woken by a writer", reader, 2);
    os_thread_join(&writer);
    os_close(ends[1]);
    poll("writer closed, data left", reader, 2);
    os_read(ends[0], bytes, sizeof bytes);
    poll("writer closed, drained", reader, 2);
    os_close(ends[0]);
    os_pipe(ends);
    os_close(ends[0]);
    all[1] = fd_event(4, WASIX_EVENT_FD_WRITE, ends[1]);
    poll("reader closed", &all[1], 1);
    os_close(ends[1]);
}

static void counters(void) {
    scenario(22, "eventfd");
    int fd = os_eventfd(0);
    wasix_subscription both[] = {fd_event(1, WASIX_EVENT_FD_READ, fd), fd_event(2, WASIX_EVENT_FD_WRITE, fd)};
    poll("zero", both, 2);
    counter_write(fd, 9);
    poll("nine", both, 2);
    os_close(fd);
}

int guest_main(int argc, char **argv) {
    (void)argc, (void)argv;
    clocks();
    files();
    pipes();
    counters();
    return 0;
}
