import WasixABI

/// How long calls on a socket wait, in nanoseconds; nil is for ever. They are kept here, not in the host, because the
/// waiting is done here.
struct SocketTimeouts {
    /// A call that waits for longer ends with AGAIN. A connect, for which `send` counts, ends with INPROGRESS
    /// (socket(7)).
    var receive: UInt64?
    var send: UInt64?
    /// WASIX's own: they expire with TIMEDOUT.
    var connect: UInt64?
    var accept: UInt64?

    /// - Parameter nanoseconds: 0 is no timeout, too (socket(7)).
    mutating func set(_ option: SockOption, _ nanoseconds: UInt64?) throws(Errno) {
        let timeout = nanoseconds == 0 ? nil : nanoseconds
        switch option {
        case .receiveTimeout: receive = timeout
        case .sendTimeout: send = timeout
        case .connectTimeout: connect = timeout
        case .acceptTimeout: accept = timeout
        default: throw .noprotoopt
        }
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
}

/// When a call on a socket stops waiting. Its time counts from its first wait, however often it is woken before.
struct CallDeadline {
    /// Nanoseconds of the guest's clock; nil before the first wait.
    private(set) var known: UInt64?

    /// The end of a wait that may take `timeout` nanoseconds, or for ever.
    mutating func end(after timeout: UInt64?, _ clock: GuestClock) -> UInt64 {
        if let known { return known }
        var end = UInt64.max
        if let timeout {
            let (sum, overflow) = clock.now().addingReportingOverflow(timeout)
            if !overflow { end = sum }
        }
        known = end
        return end
    }
}
