/// Offsets and sizes in bytes of what the process, stack, terminal and dynamic linking calls read and write.

package enum StackSnapshotLayout {
    package static let size = 24
    package static let alignment = 8
    package static let user = 0
    package static let hashLow = 8
    package static let hashHigh = 16
}

package enum TtyLayout {
    package static let size = 24
    package static let alignment = 4
    package static let columns = 0
    package static let rows = 4
    /// Pixels, 0 when unknown.
    package static let width = 8
    /// Pixels, 0 when unknown.
    package static let height = 12
    package static let stdinTty = 16
    package static let stdoutTty = 17
    package static let stderrTty = 18
    package static let echo = 19
    package static let lineBuffered = 20
    package static let lineFeeds = 21
}

package enum ProcessHandlesLayout {
    package static let size = 28
    package static let alignment = 4
    package static let pid = 0
    /// `OptionFdLayout`
    package static let stdin = 4
    /// `OptionFdLayout`
    package static let stdout = 12
    /// `OptionFdLayout`
    package static let stderr = 20
}

package enum ErrnoSignalLayout {
    package static let size = 4
    package static let alignment = 2
    /// u16
    package static let exitCode = 0
    /// u8
    package static let signal = 2
}

/// The payload is nothing (u8), an exit code (u16), an `ErrnoSignalLayout`, or a stop signal (u8).
package enum JoinStatusLayout {
    package static let size = 6
    package static let alignment = 2
    package static let tag = 0
    package static let payload = 2
}

package enum SignalDispositionLayout {
    package static let size = 2
    package static let alignment = 1
    package static let signal = 0
    package static let disposition = 1
}

/// `proc_spawn_fd_op` where pointers have 32 bits.
package enum SpawnFdOpLayout {
    package static let size = 56
    package static let alignment = 8
    /// u8, `SpawnFdOp`
    package static let command = 0
    package static let fd = 4
    package static let sourceFd = 8
    package static let path = 12
    package static let pathLength = 16
    package static let lookupFlags = 20
    package static let oFlags = 24
    package static let rightsBase = 32
    package static let rightsInheriting = 40
    package static let fdFlags = 48
    package static let fdFlagsExt = 50
}

/// `proc_spawn_fd_op` where pointers have 64 bits.
package enum SpawnFdOpLayout64 {
    package static let size = 64
    package static let alignment = 8
    /// u8, `SpawnFdOp`
    package static let command = 0
    package static let fd = 4
    package static let sourceFd = 8
    package static let path = 16
    package static let pathLength = 24
    package static let lookupFlags = 32
    package static let oFlags = 36
    package static let rightsBase = 40
    package static let rightsInheriting = 48
    package static let fdFlags = 56
    package static let fdFlagsExt = 58
}

package enum ReflectionResultLayout {
    package static let size = 6
    package static let alignment = 2
    package static let cacheable = 0
    package static let arguments = 2
    package static let results = 4
}
