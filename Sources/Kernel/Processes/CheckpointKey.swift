import WasixABI

/// Names a checkpoint: what `stack_checkpoint` writes into the guest's memory, where it may be copied.
public struct CheckpointKey: Hashable, Sendable {
    public let low: UInt64
    public let high: UInt64

    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}

extension CheckpointKey {
    /// The key in the record at `snapshot`.
    /// - Throws: FAULT.
    public init(at snapshot: GuestPointer, _ memory: GuestMemory) throws(Errno) {
        self.init(
            low: try memory.load(snapshot + StackSnapshotLayout.hashLow),
            high: try memory.load(snapshot + StackSnapshotLayout.hashHigh))
    }

    /// Writes the record at `snapshot`; `result` is where the value is told with which the code comes back.
    /// - Throws: FAULT.
    public func store(at snapshot: GuestPointer, result: GuestPointer, _ memory: GuestMemory) throws(Errno) {
        try memory.store(result.rawValue, at: snapshot + StackSnapshotLayout.user)
        try memory.store(low, at: snapshot + StackSnapshotLayout.hashLow)
        try memory.store(high, at: snapshot + StackSnapshotLayout.hashHigh)
    }
}
