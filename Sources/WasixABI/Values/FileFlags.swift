/// Status flags: they belong to the open file description and are shared by duplicates.
public struct FdFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let append = FdFlags(rawValue: 1)
    public static let dsync = FdFlags(rawValue: 2)
    public static let nonblock = FdFlags(rawValue: 4)
    public static let rsync = FdFlags(rawValue: 8)
    public static let sync = FdFlags(rawValue: 16)
}

/// Descriptor flags: they belong to the descriptor number.
public struct FdFlagsExt: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let closeOnExec = FdFlagsExt(rawValue: 1)
}

/// How `path_open` treats a missing or an existing file.
public struct OFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let create = OFlags(rawValue: 1)
    public static let directory = OFlags(rawValue: 2)
    public static let exclusive = OFlags(rawValue: 4)
    public static let truncate = OFlags(rawValue: 8)
}

/// How the last component of a path is resolved.
public struct LookupFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let symlinkFollow = LookupFlags(rawValue: 1)
}

/// Which times to set, and to what. A time together with its "now" is `Errno.inval`.
public struct FstFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let accessTime = FstFlags(rawValue: 1)
    public static let accessTimeNow = FstFlags(rawValue: 2)
    public static let modifyTime = FstFlags(rawValue: 4)
    public static let modifyTimeNow = FstFlags(rawValue: 8)

    /// Whether no time is asked to be two things at once.
    public var isConsistent: Bool {
        !isSuperset(of: [.accessTime, .accessTimeNow]) && !isSuperset(of: [.modifyTime, .modifyTimeNow])
    }
}
