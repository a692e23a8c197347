/// Numbers of threads that mean something by themselves.
public enum ThreadNumber {
    /// What libc's start-up code calls the main thread before it asks the host: stands for the main thread of the
    /// calling process wherever a thread is named (WasixABI.docc/Signals).
    public static let main: UInt32 = 0x3fff_ffff
}

/// How `proc_join` waits.
public struct JoinFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let nonBlocking = JoinFlags(rawValue: 1)
    public static let wakeStopped = JoinFlags(rawValue: 2)
}

/// The tag of a `join_status`.
public struct JoinTag: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let nothing = JoinTag(rawValue: 0)
    public static let exitNormal = JoinTag(rawValue: 1)
    public static let exitSignal = JoinTag(rawValue: 2)
    public static let stopped = JoinTag(rawValue: 3)
}

/// What a spawned process gets as a standard stream.
public struct StdioMode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let piped = StdioMode(rawValue: 0)
    public static let inherit = StdioMode(rawValue: 1)
    public static let null = StdioMode(rawValue: 2)
    public static let log = StdioMode(rawValue: 3)
}

/// One step of a `posix_spawn` file action list.
public struct SpawnFdOp: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let close = SpawnFdOp(rawValue: 0)
    public static let duplicate = SpawnFdOp(rawValue: 1)
    public static let open = SpawnFdOp(rawValue: 2)
    public static let changeDirectory = SpawnFdOp(rawValue: 3)
    /// By descriptor.
    public static let changeDirectoryTo = SpawnFdOp(rawValue: 4)
}
