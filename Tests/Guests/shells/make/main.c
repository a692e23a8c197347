/* GNU make's main wants the environment as a third argument, which the C library for WASI does not hand on. */
#undef main

extern char **environ;
int make_main(int, char **, char **);

int main(int argc, char **argv) { return make_main(argc, argv, environ); }
