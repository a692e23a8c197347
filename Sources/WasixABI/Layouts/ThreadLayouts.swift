// Offsets in bytes of the block a guest hands to a thread it starts. It lies on the new thread's own stack, and the
// guest may reuse it as soon as that thread runs. Between `startArgument` and `stackSize` are ten words of libc's.

/// `thread_start` where pointers have 32 bits.
public enum ThreadStartLayout {
    public static let size = 64
    public static let alignment = 4
    /// Upper end of the shadow stack.
    public static let stack = 0
    public static let tlsBase = 4
    public static let startFunction = 8
    public static let startArgument = 12
    public static let reserved = 16
    public static let stackSize = 56
    public static let guardSize = 60
}

/// `thread_start` where pointers have 64 bits.
public enum ThreadStartLayout64 {
    public static let size = 128
    public static let alignment = 8
    /// Upper end of the shadow stack.
    public static let stack = 0
    public static let tlsBase = 8
    public static let startFunction = 16
    public static let startArgument = 24
    public static let reserved = 32
    public static let stackSize = 112
    public static let guardSize = 120
}
