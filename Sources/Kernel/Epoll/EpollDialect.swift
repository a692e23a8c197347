/// What an `epoll_ctl` asks for, in whichever dialect it was numbered.
public enum EpollOperation: Sendable {
    case add, modify, delete
}

/// How a program numbers `epoll_ctl` operations. The wire says ADD 0, MOD 1, DEL 2; wasix-libc passes Linux's ADD 1,
/// DEL 2, MOD 3 through. Decided once for each instance, by the first call that tells them apart (wasix-libc: epoll.c).
public enum EpollDialect: Sendable {
    case undecided, wire, linux

    /// - Returns: the operation, nil when there is none of that number, and the dialect from now on.
    func operation(_ op: UInt32, libcShaped: Bool) -> (EpollOperation?, EpollDialect) {
        switch (self, op) {
        case (_, 2): (.delete, self)
        case (.undecided, 0): (.add, .wire)
        case (.undecided, 1): libcShaped ? (.add, .linux) : (.modify, .wire)
        case (.undecided, 3): (.modify, .linux)
        case (.wire, 0), (.linux, 0): (.add, self)
        case (.wire, 1): (.modify, self)
        case (.linux, 1): (.add, self)
        case (.linux, 3): (.modify, self)
        default: (nil, self)
        }
    }
}
