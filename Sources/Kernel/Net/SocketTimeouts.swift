import CLinux
import WasixABI

/// How long calls on a socket wait, in nanoseconds; nil is for ever. They are ours because the waiting is.
struct SocketTimeouts {
    /// Each expires with AGAIN, `send` of a connect with INPROGRESS (socket(7)).
    var receive: UInt64?
    var send: UInt64?
    /// WASIX's own: they expire with TIMEDOUT.
    var connect: UInt64?
    var accept: UInt64?

    /// When a wait that starts now gives up: CLOCK_MONOTONIC nanoseconds.
    static func deadline(_ timeout: UInt64?) -> UInt64 {
        guard let timeout else { return .max }
        let (end, overflow) = cl_monotonic_ns().addingReportingOverflow(timeout)
        return overflow ? .max : end
    }
}
