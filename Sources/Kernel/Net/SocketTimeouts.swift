import CLinux
import WasixABI

/// How long calls on a socket wait, in nanoseconds; nil is for ever. They are kept here, not in the host, because the
/// waiting is done here.
struct SocketTimeouts {
    /// Each expires with AGAIN, `send` of a connect with INPROGRESS (socket(7)).
    var receive: UInt64?
    var send: UInt64?
    /// WASIX's own: they expire with TIMEDOUT.
    var connect: UInt64?
    var accept: UInt64?

    /// - Parameter nanoseconds: 0 is no timeout, too (socket(7)).
    mutating func set(_ option: SockOption, _ nanoseconds: UInt64?) -> Errno {
        let timeout = nanoseconds == 0 ? nil : nanoseconds
        switch option {
        case .receiveTimeout: receive = timeout
        case .sendTimeout: send = timeout
        case .connectTimeout: connect = timeout
        case .acceptTimeout: accept = timeout
        default: return .noprotoopt
        }
        return .success
    }

    func value(_ option: SockOption) throws(Errno) -> UInt64? {
        switch option {
        case .receiveTimeout: receive
        case .sendTimeout: send
        case .connectTimeout: connect
        case .acceptTimeout: accept
        default: throw .noprotoopt
        }
    }

    /// When a wait that starts now gives up: CLOCK_MONOTONIC nanoseconds.
    static func deadline(_ timeout: UInt64?) -> UInt64 {
        guard let timeout else { return .max }
        let (end, overflow) = cl_monotonic_ns().addingReportingOverflow(timeout)
        return overflow ? .max : end
    }
}
