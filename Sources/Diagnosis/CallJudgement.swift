import WasixABI

/// Which calls take longer than their kind should.
package enum CallJudgement {
    /// Nanoseconds from which on a call that has nothing to wait for is slow, and from which on one that waits is shown
    /// while it does: a line for less would only flicker.
    package static let long: UInt64 = 100_000_000

    /// - Parameter nanoseconds: from its begin to its end.
    package static func isSlow(_ call: CallID, nanoseconds: UInt64) -> Bool {
        nanoseconds >= long && !mayWait(call)
    }

    /// The call may sleep until someone else does something, so its length says nothing about it.
    package static func mayWait(_ call: CallID) -> Bool {
        switch call.spec.family {
        case .poll, .epoll, .futex, .thread, .process, .signal, .dns, .exec: true
        case .fd: call == .fdRead || call == .fdWrite
        case .socket:
            switch call {
            case .sockAccept, .sockAcceptV2, .sockAcceptWasix, .sockConnect, .sockRecv, .sockRecvFrom, .sockSend,
                .sockSendTo, .sockSendFile:
                true
            default: false
            }
        default: false
        }
    }
}
