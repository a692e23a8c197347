#include "CLinux.h"
#include <sys/sendfile.h>

// Other calls have MSG_NOSIGNAL; here the signal is blocked, and taken back when it was raised.
long cl_sendfile(int target, int file, int64_t offset, size_t count) {
    sigset_t broken, before, pending;
    sigemptyset(&broken);
    sigaddset(&broken, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &broken, &before);
    off_t position = offset;
    long answer = sendfile(target, file, &position, count);
    if (answer < 0) answer = -errno;
    struct timespec none = {0, 0};
    if (answer == -EPIPE && !sigismember(&pending, SIGPIPE)) sigtimedwait(&broken, NULL, &none);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return answer;
}
