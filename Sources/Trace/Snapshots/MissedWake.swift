/// A wake-up of a futex word that found nobody.
public struct MissedWake: Sendable, Equatable {
    public var thread: ThreadID
    /// CLOCK_MONOTONIC nanoseconds.
    public var at: UInt64

    public init(thread: ThreadID, at: UInt64) {
        self.thread = thread
        self.at = at
    }
}
