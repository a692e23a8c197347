/// How an eventfd starts.
public struct EventFdFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let semaphore = EventFdFlags(rawValue: 1)
    /// Not in the header: libc lets its EFD_NONBLOCK through, and it is honoured.
    public static let nonblock = EventFdFlags(rawValue: 4)
}
