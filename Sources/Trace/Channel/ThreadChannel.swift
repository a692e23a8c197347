/// Everything the inspector gets from one guest thread: its ring and its counters.
public final class ThreadChannel: Sendable {
    public let process: ProcessID
    public let thread: ThreadID
    public let ring: TraceRing
    public let counters: CallCounters

    public init(process: ProcessID, thread: ThreadID, ring: TraceRing) {
        self.process = process
        self.thread = thread
        self.ring = ring
        counters = CallCounters()
    }
}
