// Offsets and sizes in bytes of what `poll_oneoff` and the epoll calls read and write; one form for both widths
// unless a second is given.

/// `subscription`. The clock fields and the descriptor are a union.
public enum SubscriptionLayout {
    public static let size = 48
    public static let alignment = 8
    public static let userData = 0
    /// u8, `EventType`
    public static let tag = 8
    /// u32, `ClockID`
    public static let clock = 16
    public static let timeout = 24
    public static let precision = 32
    /// u16, `SubclockFlags`
    public static let flags = 40
    /// u32, for the two descriptor events
    public static let fd = 16
}

/// Snapshot 0: the clock part starts with an identifier nobody reads.
public enum SubscriptionUnstableLayout {
    public static let size = 56
    public static let alignment = 8
    public static let userData = 0
    /// u8, `EventType`
    public static let tag = 8
    public static let identifier = 16
    /// u32, `ClockID`
    public static let clock = 24
    public static let timeout = 32
    public static let precision = 40
    /// u16, `SubclockFlags`
    public static let flags = 48
    /// u32, for the two descriptor events
    public static let fd = 16
}

/// `event`. The last two fields are zero for clock events.
public enum EventLayout {
    public static let size = 32
    public static let alignment = 8
    public static let userData = 0
    /// u16, `Errno`
    public static let error = 8
    /// u8, `EventType`
    public static let type = 10
    public static let byteCount = 16
    /// u16, `EventRwFlags`
    public static let flags = 24
}

/// `epoll_event` where pointers have 32 bits. wasix-libc fills all four data fields from one union.
public enum EpollEventLayout {
    public static let size = 32
    public static let alignment = 8
    /// u32, `EpollEvents`
    public static let events = 0
    /// u32
    public static let pointer = 8
    /// u32
    public static let fd = 12
    /// u32
    public static let data1 = 16
    /// u64
    public static let data2 = 24
}

/// `epoll_event` where pointers have 64 bits; same size.
public enum EpollEventLayout64 {
    public static let size = 32
    public static let alignment = 8
    /// u32, `EpollEvents`
    public static let events = 0
    /// u64
    public static let pointer = 8
    /// u32
    public static let fd = 16
    /// u32
    public static let data1 = 20
    /// u64
    public static let data2 = 24
}
