/// Whether a call that is over is one that whoever inspects the guest waits for. Asked on the guest's threads, several at once.
public typealias BreakCondition = @Sendable (BreakSubject) -> Bool

/// A call that is over, as it will be recorded.
public struct BreakSubject {
    public let process: ProcessID
    public let thread: ThreadID
    public let record: TraceRecord
    /// Valid while the condition is asked.
    public let payload: UnsafeRawBufferPointer
    /// The names of an open file description, oldest first.
    public let names: (ObjectID) -> [ObjectName]

    public init(
        process: ProcessID, thread: ThreadID, record: TraceRecord, payload: UnsafeRawBufferPointer,
        names: @escaping (ObjectID) -> [ObjectName]
    ) {
        self.process = process
        self.thread = thread
        self.record = record
        self.payload = payload
        self.names = names
    }
}
