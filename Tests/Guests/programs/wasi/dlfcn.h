/* Libraries that are loaded while the program runs. */
#pragma once

#define RTLD_LOCAL 0
#define RTLD_NOW 2
#define RTLD_GLOBAL 4

void *dlopen(const char *, int);
void *dlsym(void *, const char *);
int dlclose(void *);
char *dlerror(void);
