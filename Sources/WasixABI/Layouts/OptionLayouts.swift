// Offsets and sizes in bytes of optional values: the tag (u8) is 0 for none, 1 for some.

/// An optional `timestamp`, in nanoseconds.
public enum OptionTimestampLayout {
    public static let size = 16
    public static let alignment = 8
    public static let tag = 0
    /// u64
    public static let value = 8
}

public enum OptionHashLayout {
    public static let size = 24
    public static let alignment = 8
    public static let tag = 0
    /// u64
    public static let low = 8
    /// u64
    public static let high = 16
}

public enum OptionPidLayout {
    public static let size = 8
    public static let alignment = 4
    public static let tag = 0
    /// u32
    public static let pid = 4
}

public enum OptionFdLayout {
    public static let size = 8
    public static let alignment = 4
    public static let tag = 0
    /// u32
    public static let fd = 4
}

/// `hash` and `hugesize`.
public enum HashLayout {
    public static let size = 16
    public static let alignment = 8
    /// u64
    public static let low = 0
    /// u64
    public static let high = 8
}
