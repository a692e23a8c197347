/// How `proc_join` waits.
package struct JoinFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let nonBlocking = JoinFlags(rawValue: 1)
    package static let wakeStopped = JoinFlags(rawValue: 2)
}

/// The tag of a `join_status`.
package struct JoinTag: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let nothing = JoinTag(rawValue: 0)
    package static let exitNormal = JoinTag(rawValue: 1)
    package static let exitSignal = JoinTag(rawValue: 2)
    package static let stopped = JoinTag(rawValue: 3)
}

/// What a spawned process gets as a standard stream.
package struct StdioMode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let piped = StdioMode(rawValue: 0)
    package static let inherit = StdioMode(rawValue: 1)
    package static let null = StdioMode(rawValue: 2)
    package static let log = StdioMode(rawValue: 3)
}

/// One step of a `posix_spawn` file action list.
package struct SpawnFdOp: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let close = SpawnFdOp(rawValue: 0)
    package static let duplicate = SpawnFdOp(rawValue: 1)
    package static let open = SpawnFdOp(rawValue: 2)
    package static let changeDirectory = SpawnFdOp(rawValue: 3)
    /// By descriptor.
    package static let changeDirectoryTo = SpawnFdOp(rawValue: 4)
}
