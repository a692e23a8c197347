#include "CLinux.h"
#include <fcntl.h>
#include <unistd.h>

void cl_occupy_standard_streams(void) {
    // The lowest free number is taken each time.
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0) (void)open("/", CL_O_PATH | O_CLOEXEC);
}
