/// What a `poll_oneoff` subscription waits for.
public struct EventType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let clock = EventType(rawValue: 0)
    public static let fdRead = EventType(rawValue: 1)
    public static let fdWrite = EventType(rawValue: 2)
}

/// What came along with a descriptor event.
public struct EventRwFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let hangup = EventRwFlags(rawValue: 1)
}
