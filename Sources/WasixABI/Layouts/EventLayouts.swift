/// Offsets and sizes in bytes of what `poll_oneoff` and the epoll calls read and write; one form for both widths
/// unless a second is given.

package enum SubscriptionLayout {
    package static let size = 48
    package static let alignment = 8
    package static let userData = 0
    /// u8, `EventType`
    package static let tag = 8
    /// u32, `ClockID`
    package static let clock = 16
    package static let timeout = 24
    package static let precision = 32
    /// u16, `SubclockFlags`
    package static let flags = 40
    /// u32, for the two descriptor events
    package static let fd = 16
}

/// Snapshot 0: the clock part starts with an identifier nobody reads.
package enum SubscriptionUnstableLayout {
    package static let size = 56
    package static let alignment = 8
    package static let userData = 0
    /// u8, `EventType`
    package static let tag = 8
    package static let identifier = 16
    /// u32, `ClockID`
    package static let clock = 24
    package static let timeout = 32
    package static let precision = 40
    /// u16, `SubclockFlags`
    package static let flags = 48
    /// u32, for the two descriptor events
    package static let fd = 16
}

/// The last two fields are zero for clock events.
package enum EventLayout {
    package static let size = 32
    package static let alignment = 8
    package static let userData = 0
    /// u16, `Errno`
    package static let error = 8
    /// u8, `EventType`
    package static let type = 10
    package static let byteCount = 16
    /// u16, `EventRwFlags`
    package static let flags = 24
}

/// `epoll_event` where pointers have 32 bits. wasix-libc fills all four data fields from one union.
package enum EpollEventLayout {
    package static let size = 32
    package static let alignment = 8
    /// u32, `EpollEvents`
    package static let events = 0
    /// u32
    package static let pointer = 8
    /// u32
    package static let fd = 12
    /// u32
    package static let data1 = 16
    /// u64
    package static let data2 = 24
}

/// `epoll_event` where pointers have 64 bits; same size.
package enum EpollEventLayout64 {
    package static let size = 32
    package static let alignment = 8
    /// u32, `EpollEvents`
    package static let events = 0
    /// u64
    package static let pointer = 8
    /// u32
    package static let fd = 16
    /// u32
    package static let data1 = 20
    /// u64
    package static let data2 = 24
}
