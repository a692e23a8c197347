import Trace

extension [GuestFrame] {
    /// The innermost function that looks like the program's own: one of a file that is known, else one whose name is not of
    /// a C library's or a runtime's waiting. Nil for an empty stack.
    package var innermostOwn: GuestFrame? {
        first { !$0.isOfLibrary } ?? first
    }
}

extension GuestFrame {
    private static let names: Set<String> = [
        "read", "write", "readv", "writev", "pread", "pwrite", "recv", "recvfrom", "recvmsg", "send", "sendto",
        "sendmsg",
        "accept", "accept4", "connect", "poll", "ppoll", "select", "pselect", "epoll_wait", "epoll_pwait", "nanosleep",
        "clock_nanosleep", "usleep", "sleep", "sched_yield", "futex", "thrd_join", "mtx_lock", "cnd_wait", "fread",
        "fwrite", "fgets", "getc", "getchar", "fflush", "printf", "puts", "mutex_lock", "mutex_unlock",
    ]
    private static let beginnings = [
        "__", "pthread_", "sem_", "std::", "core::", "alloc::", "mio::", "tokio::", "parking_lot", "wasi::", "wasix::",
        "wasi_", "runtime.", "syscall.", "internal/",
    ]
    private static let folders = ["/libc/", "/wasix-libc/", "/wasi-libc/", "/musl/", "/rustc/", "/.cargo/registry/"]

    /// It belongs to what waits on the program's behalf.
    package var isOfLibrary: Bool {
        if Self.names.contains(function) || Self.beginnings.contains(where: { function.hasPrefix($0) }) { return true }
        return file.map { file in Self.folders.contains { file.contains($0) } } ?? false
    }
}
