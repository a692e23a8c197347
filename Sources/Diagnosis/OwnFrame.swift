import Trace
import WasixABI

extension [GuestFrame] {
    /// The innermost function that looks like the program's own: one of a file that is known, else one whose name is not of
    /// a C library's or a runtime's waiting. Nil for an empty stack.
    package var innermostOwn: GuestFrame? {
        first { !$0.isOfLibrary } ?? first
    }

    /// From the innermost own function outwards; all of it where none is the program's own.
    package var fromOwn: ArraySlice<GuestFrame> {
        let own = drop { $0.isOfLibrary }
        return own.isEmpty ? self[...] : own
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

    private static let calls = Set(CallTable.all.map(\.name))
    private static let prefixes = ["wasix_", "__wasi_", "wasi_", "__wasix_", "__imported_wasix_32v1_", "os_"]

    /// It only makes a host call, whose name it bears: where the call is named it says nothing new.
    package var isCall: Bool {
        if Self.calls.contains(function) { return true }
        guard let prefix = Self.prefixes.first(where: { function.hasPrefix($0) }) else { return false }
        return Self.calls.contains(String(function.dropFirst(prefix.count)))
    }

    /// It belongs to what waits on the program's behalf.
    package var isOfLibrary: Bool {
        if isCall { return true }
        if Self.names.contains(function) || Self.beginnings.contains(where: { function.hasPrefix($0) }) { return true }
        return file.map { file in Self.folders.contains { file.contains($0) } } ?? false
    }
}
