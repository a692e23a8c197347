/// The exact state of a guest and its exact counts at one instant.
public struct InspectionLook: Sendable {
    public var snapshot: KernelSnapshot
    /// One for each row of the call table, over all threads, ended ones included.
    public var calls: [CallTotal]
    /// The tally of each thread that is alive or has ended since the last look.
    public var threads: [ThreadTally]
    /// Over all threads: records handed out or waiting for their turn, and records that rings had no room for.
    public var received: UInt64
    public var dropped: UInt64
    /// The guest has ended, and no record will follow.
    public var hasEnded: Bool

    public init(
        snapshot: KernelSnapshot, calls: [CallTotal], threads: [ThreadTally], received: UInt64, dropped: UInt64,
        hasEnded: Bool
    ) {
        self.snapshot = snapshot
        self.calls = calls
        self.threads = threads
        self.received = received
        self.dropped = dropped
        self.hasEnded = hasEnded
    }
}

/// The count of one call, finished ones and those in progress told apart: counters count on return.
public struct CallTotal: Sendable, Equatable {
    public var finished = CallCount()
    /// Calls that threads are blocked in now.
    public var inProgress: UInt64 = 0
    /// How long they have taken so far, together, in nanoseconds.
    public var inProgressTime: UInt64 = 0

    public init() {}
}

/// What became of one thread's records.
public struct ThreadTally: Sendable, Equatable {
    public var thread: ThreadID
    public var received: UInt64
    public var dropped: UInt64

    public init(thread: ThreadID, received: UInt64, dropped: UInt64) {
        self.thread = thread
        self.received = received
        self.dropped = dropped
    }
}
