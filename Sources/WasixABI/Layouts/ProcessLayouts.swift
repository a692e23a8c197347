// Offsets and sizes in bytes of what the process, stack, terminal and dynamic linking calls read and write.

/// `stack_snapshot`: what `stack_checkpoint` writes and `stack_restore` reads (setjmp and longjmp).
public enum StackSnapshotLayout {
    public static let size = 24
    public static let alignment = 8
    public static let user = 0
    public static let hashLow = 8
    public static let hashHigh = 16
}

/// `tty`: the terminal's size in cells and pixels (u32 each), then one byte for each switch, 0 or 1.
public enum TtyLayout {
    public static let size = 24
    public static let alignment = 4
    public static let columns = 0
    public static let rows = 4
    /// Pixels, 0 when unknown.
    public static let width = 8
    /// Pixels, 0 when unknown.
    public static let height = 12
    public static let stdinTty = 16
    public static let stdoutTty = 17
    public static let stderrTty = 18
    public static let echo = 19
    public static let lineBuffered = 20
    public static let lineFeeds = 21
}

/// `process_handles`: a spawned process and its ends of the standard streams, where they are piped.
public enum ProcessHandlesLayout {
    public static let size = 28
    public static let alignment = 4
    public static let pid = 0
    /// `OptionFdLayout`
    public static let stdin = 4
    /// `OptionFdLayout`
    public static let stdout = 12
    /// `OptionFdLayout`
    public static let stderr = 20
}

/// `errno_signal`: how a process ended that a signal ended.
public enum ErrnoSignalLayout {
    public static let size = 4
    public static let alignment = 2
    /// u16
    public static let exitCode = 0
    /// u8
    public static let signal = 2
}

/// `join_status`: a tag (u8, `JoinTag`) and its payload, which is nothing (u8), an exit code (u16), an
/// `ErrnoSignalLayout`, or a stop signal (u8).
public enum JoinStatusLayout {
    public static let size = 6
    public static let alignment = 2
    public static let tag = 0
    public static let payload = 2
}

/// `signal_disposition`: a signal and what is to happen with it (`SignalDisposition`), one byte each.
public enum SignalDispositionLayout {
    public static let size = 2
    public static let alignment = 1
    public static let signal = 0
    public static let disposition = 1
}

/// `proc_spawn_fd_op` where pointers have 32 bits.
public enum SpawnFdOpLayout {
    public static let size = 56
    public static let alignment = 8
    /// u8, `SpawnFdOp`
    public static let command = 0
    public static let fd = 4
    public static let sourceFd = 8
    public static let path = 12
    public static let pathLength = 16
    public static let lookupFlags = 20
    public static let oFlags = 24
    public static let rightsBase = 32
    public static let rightsInheriting = 40
    public static let fdFlags = 48
    public static let fdFlagsExt = 50
}

/// `proc_spawn_fd_op` where pointers have 64 bits.
public enum SpawnFdOpLayout64 {
    public static let size = 64
    public static let alignment = 8
    /// u8, `SpawnFdOp`
    public static let command = 0
    public static let fd = 4
    public static let sourceFd = 8
    public static let path = 16
    public static let pathLength = 24
    public static let lookupFlags = 32
    public static let oFlags = 36
    public static let rightsBase = 40
    public static let rightsInheriting = 48
    public static let fdFlags = 56
    public static let fdFlagsExt = 58
}

/// `reflection_result`: whether the answer may be cached, and the numbers of arguments and results of a function.
public enum ReflectionResultLayout {
    public static let size = 6
    public static let alignment = 2
    public static let cacheable = 0
    public static let arguments = 2
    public static let results = 4
}
