/* Processes and jumps of portable.h's kind: WASIX imports when built for wasm, the very Linux calls when built natively.
 *
 * Guests that fork or jump are changed by wasm-opt --asyncify (see build.sh beside this file). */
#ifndef PROCESSES_H
#define PROCESSES_H

#include "../portable_files.h"
#include "../transcript.h"

enum { ANY_CHILD = -1, NO_HANG = 1, WAKE_STOPPED = 2 };

/* How a child ended: its exit code, or BY_SIGNAL and the signal's number; or that it was stopped, or nothing of that. */
enum { BY_SIGNAL = 256, STOPPED = 512, STILL_RUNNING = 1024 };

/* What is done in a spawned process before its program starts. `flags` are those of `file_open`. */
typedef struct {
    enum { ACTION_CLOSE, ACTION_DUP, ACTION_OPEN, ACTION_CHDIR } what;
    int fd, from;
    const char *path;
    unsigned flags;
} os_action;

#ifdef __wasm__
#include "processes_wasix.h"
#else
#include "processes_linux.h"
#endif

typedef struct {
    char text[32];
} status_name;

static status_name name_of_status(int status) {
    status_name result = {"still running"};
    if (status == STILL_RUNNING) return result;
    const char *kind = status >= STOPPED ? "stopped " : status >= BY_SIGNAL ? "signal " : "exit ";
    size_t length = strlen(kind);
    memcpy(result.text, kind, length);
    memcpy(result.text + length, outcome_of(status & 255).text, 24);
    return result;
}

static int os_fork_or_end(void) {
    int pid = os_fork();
    if (pid < 0) {
        print("fork: %s\n", os_error);
        os_exit(70);
    }
    return pid;
}

static int is_interrupted(long answer) { return answer < 0 && strcmp(os_error, "INTR") == 0; }

/* Once more when a signal came. The end of a child is one, and a guest's calls are interrupted by it also without a handler:
 * its library runs for every signal. */
static int wait_for(int pid, int flags, int *status) {
    int answer;
    do answer = os_wait(pid, flags, status);
    while (is_interrupted(answer));
    return answer;
}

/* Waits for this child and says how it ended. */
static void show_end(const char *what, int pid) {
    int status = STILL_RUNNING, answer = wait_for(pid, 0, &status);
    if (answer == pid)
        print("  %s: %s\n", what, name_of_status(status).text);
    else
        print("  %s: wait -> %s\n", what, outcome_of(answer).text);
}

/* Exactly so many bytes, or what came before the end. */
static long read_whole(int fd, void *buffer, size_t size) {
    size_t done = 0;
    while (done < size) {
        long count = os_read(fd, (char *)buffer + done, size - done);
        if (is_interrupted(count)) continue;
        if (count < 0) return count;
        if (count == 0) break;
        done += (size_t)count;
    }
    return (long)done;
}

/* The file's contents become this text. */
static void write_file(const char *path, const char *text) {
    int fd = file_open(CURRENT, path, MAY_READ | MAY_WRITE | CREATE | TRUNCATE);
    os_write(fd, text, strlen(text));
    os_close(fd);
}

#endif
