/// Status flags: they belong to the open file description and are shared by duplicates.
package struct FdFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let append = FdFlags(rawValue: 1)
    package static let dsync = FdFlags(rawValue: 2)
    package static let nonblock = FdFlags(rawValue: 4)
    package static let rsync = FdFlags(rawValue: 8)
    package static let sync = FdFlags(rawValue: 16)
}

/// Descriptor flags: they belong to the descriptor number.
package struct FdFlagsExt: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let closeOnExec = FdFlagsExt(rawValue: 1)
}

/// How `path_open` treats a missing or an existing file.
package struct OFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let create = OFlags(rawValue: 1)
    package static let directory = OFlags(rawValue: 2)
    package static let exclusive = OFlags(rawValue: 4)
    package static let truncate = OFlags(rawValue: 8)
}

/// How the last component of a path is resolved.
package struct LookupFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let symlinkFollow = LookupFlags(rawValue: 1)
}

/// Which times to set, and to what. A time together with its "now" is `Errno.inval`.
package struct FstFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let accessTime = FstFlags(rawValue: 1)
    package static let accessTimeNow = FstFlags(rawValue: 2)
    package static let modifyTime = FstFlags(rawValue: 4)
    package static let modifyTimeNow = FstFlags(rawValue: 8)

    /// Whether no time is asked to be two things at once.
    package var isConsistent: Bool {
        !isSuperset(of: [.accessTime, .accessTimeNow]) && !isSuperset(of: [.modifyTime, .modifyTimeNow])
    }
}
