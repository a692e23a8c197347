/// What a call is about; filters, the summary and `wasix-top calls` group by it.
public enum CallFamily: String, CaseIterable, Sendable {
    case args
    case clock
    case random
    case fd
    case path
    case dir
    case poll
    case epoll
    case event
    case pipe
    case sched
    case thread
    case futex
    case signal
    case process
    case exec
    case stack
    case socket
    case dns
    case port
    case dl
    case context
    case tty
}

/// What the wasm function returns.
public enum CallResult: Sendable {
    /// One `i32`, an `Errno`.
    case errno
    /// Nothing; the guest goes on.
    case none
    /// Nothing; the guest does not go on (but see proc_exit2).
    case never
    /// One `i32`: a number of the call's own, such as a thread id, or a negated `Errno` (wasi-threads).
    case numberOrError

    public var wasmTypes: [WasmType] {
        switch self {
        case .errno, .numberOrError: [.i32]
        case .none, .never: []
        }
    }
}
