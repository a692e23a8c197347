/// What a `poll_oneoff` subscription waits for.
package struct EventType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let clock = EventType(rawValue: 0)
    package static let fdRead = EventType(rawValue: 1)
    package static let fdWrite = EventType(rawValue: 2)
}

/// What came along with a descriptor event.
package struct EventRwFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let hangup = EventRwFlags(rawValue: 1)
}
