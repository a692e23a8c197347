/// Interest and readiness bits as they stand on the wire. They are not Linux's numbers: wasix-libc translates bit by bit.
/// Unknown bits are ignored.
public struct EpollEvents: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static var `in`: EpollEvents { EpollEvents(rawValue: 1) }
    public static var out: EpollEvents { EpollEvents(rawValue: 2) }
    public static var rdhup: EpollEvents { EpollEvents(rawValue: 4) }
    public static var pri: EpollEvents { EpollEvents(rawValue: 8) }
    public static var err: EpollEvents { EpollEvents(rawValue: 16) }
    public static var hup: EpollEvents { EpollEvents(rawValue: 32) }
    /// A mode, never reported.
    public static var et: EpollEvents { EpollEvents(rawValue: 64) }
    /// A mode, never reported.
    public static var oneshot: EpollEvents { EpollEvents(rawValue: 128) }

    /// Reported whether asked for or not.
    public static var always: EpollEvents { EpollEvents(rawValue: 48) }
    /// How to report, as opposed to what.
    public static var modes: EpollEvents { EpollEvents(rawValue: 192) }
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
