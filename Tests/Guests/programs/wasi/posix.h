/* What the programs use of POSIX and Debian's C library for WASI does not declare. Included before everything else. */
#pragma once
#include <getopt.h>
#include <stdio.h>
#include <sys/types.h>

int chmod(const char *, mode_t);
int fchmod(int, mode_t);
int chown(const char *, uid_t, gid_t);
int fchown(int, uid_t, gid_t);
mode_t umask(mode_t);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int system(const char *);
FILE *popen(const char *, const char *);
int pclose(FILE *);
FILE *tmpfile(void);
char *tmpnam(char *);
int mkstemp(char *);

#define L_tmpnam 20

/* fcntl knows no locks and says so. */
#define F_GETLK 5
#define F_SETLK 6
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

struct rlimit {
    unsigned long rlim_cur, rlim_max;
};
#define RLIMIT_STACK 3
int getrlimit(int, struct rlimit *);
int setrlimit(int, const struct rlimit *);
