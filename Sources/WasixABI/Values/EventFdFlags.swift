/// How an eventfd starts.
package struct EventFdFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let semaphore = EventFdFlags(rawValue: 1)
    /// Not in the header: libc lets its EFD_NONBLOCK through, and it is honoured.
    package static let nonblock = EventFdFlags(rawValue: 4)
}
