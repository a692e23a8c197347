import WasixABI

/// Which calls take longer than their kind should.
package enum CallJudgement {
    /// Nanoseconds. A call that has nothing to wait for is slow from here on. A call that waits is shown in progress
    /// from here on: a line for a shorter wait would only flicker.
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
