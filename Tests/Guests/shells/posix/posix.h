/* What shells and their like use of POSIX and Debian's C library for WASI does not declare, made of WASIX calls.
 * Included before everything else.
 *
 * A program that forks or jumps must go through wasm-opt --asyncify (see build.sh). What WASIX has no call for is not
 * made up: there is one group of processes, there are no users and no permissions. Lost in exec are blocked signals and
 * signals that were set to be ignored: the host does not know of them. */
#pragma once
#include <stdint.h>

/* In place of the C library's own placeholder. Bit n-1 is signal n. */
#define __wasilibc___typedef_sigset_t_h
typedef uint64_t sigset_t;

/* In place of the C library's, whose name has no size. */
#define __wasilibc___struct_dirent_h
#include <__typedef_ino_t.h>
struct dirent {
    ino_t d_ino;
    unsigned char d_type;
    char d_name[1];
};

#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* ---- processes ---- */

pid_t fork(void);
/* Nothing but exec or _exit may follow in the child. */
pid_t vfork(void);
int execve(const char *, char *const[], char *const[]);
int execv(const char *, char *const[]);
int execvp(const char *, char *const[]);
pid_t getpid(void);
pid_t getppid(void);
pid_t getpgrp(void);
int setpgid(pid_t, pid_t);
pid_t tcgetpgrp(int);
int tcsetpgrp(int, pid_t);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
char *getlogin(void);
int getloadavg(double *, int);

/* ---- files ---- */

#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030

/* fcntl knows no locks and says so. */
#define F_SETLKW 7
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

int mkstemp(char *);
FILE *tmpfile(void);

/* Sizes have 64 bits anyway. */
#define stat64 stat
#define fstat64 fstat
#define lstat64 lstat
#define open64 open
#define dirent64 dirent
#define readdir64 readdir

int dup(int);
int dup2(int, int);
int pipe(int[2]);
mode_t umask(mode_t);

/* The C library's own know less. */
int posix_fcntl(int, int, ...);
int posix_chdir(const char *);
char *posix_getcwd(char *, size_t);
#define fcntl posix_fcntl
#define chdir posix_chdir
#define getcwd posix_getcwd
#define eaccess access
