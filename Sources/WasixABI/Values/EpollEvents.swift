/// Interest and readiness bits as they stand on the wire. They are not Linux's numbers: wasix-libc translates bit by bit.
/// Unknown bits are ignored.
package struct EpollEvents: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let `in` = EpollEvents(rawValue: 1)
    package static let out = EpollEvents(rawValue: 2)
    package static let rdhup = EpollEvents(rawValue: 4)
    package static let pri = EpollEvents(rawValue: 8)
    package static let err = EpollEvents(rawValue: 16)
    package static let hup = EpollEvents(rawValue: 32)
    /// A mode, never reported.
    package static let et = EpollEvents(rawValue: 64)
    /// A mode, never reported.
    package static let oneshot = EpollEvents(rawValue: 128)

    /// Reported whether asked for or not.
    package static let always: EpollEvents = [.err, .hup]
    /// How to report, as opposed to what.
    package static let modes: EpollEvents = [.et, .oneshot]
}

/// What `epoll_ctl` does, in wire numbering. wasix-libc forwards Linux's numbers untranslated (ADD 1, DEL 2, MOD 3), so
/// 1 is ambiguous and the dialect is decided per epoll object.
package struct EpollOp: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let add = EpollOp(rawValue: 0)
    package static let modify = EpollOp(rawValue: 1)
    package static let delete = EpollOp(rawValue: 2)
    package static let linuxAdd = EpollOp(rawValue: 1)
    package static let linuxModify = EpollOp(rawValue: 3)
}
