/// Interest and readiness bits as they stand on the wire. They are not Linux's numbers: wasix-libc translates bit by bit.
/// Unknown bits are ignored.
public struct EpollEvents: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let `in` = EpollEvents(rawValue: 1)
    public static let out = EpollEvents(rawValue: 2)
    public static let rdhup = EpollEvents(rawValue: 4)
    public static let pri = EpollEvents(rawValue: 8)
    public static let err = EpollEvents(rawValue: 16)
    public static let hup = EpollEvents(rawValue: 32)
    /// A mode, never reported.
    public static let et = EpollEvents(rawValue: 64)
    /// A mode, never reported.
    public static let oneshot = EpollEvents(rawValue: 128)

    /// Reported whether asked for or not.
    public static let always: EpollEvents = [.err, .hup]
    /// How to report, as opposed to what.
    public static let modes: EpollEvents = [.et, .oneshot]
}

/// What `epoll_ctl` does, in wire numbering. wasix-libc forwards Linux's numbers untranslated (ADD 1, DEL 2, MOD 3), so
/// 1 is ambiguous and the dialect is decided per epoll object.
public struct EpollOp: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let add = EpollOp(rawValue: 0)
    public static let modify = EpollOp(rawValue: 1)
    public static let delete = EpollOp(rawValue: 2)
    public static let linuxAdd = EpollOp(rawValue: 1)
    public static let linuxModify = EpollOp(rawValue: 3)
}
