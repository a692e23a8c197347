/// Everything the inspector gets from one guest thread: its ring and its counters.
package final class ThreadChannel: Sendable {
    package let process: ProcessID
    package let thread: ThreadID
    package let ring: TraceRing
    package let counters: CallCounters

    package init(process: ProcessID, thread: ThreadID, ring: TraceRing) {
        self.process = process
        self.thread = thread
        self.ring = ring
        counters = CallCounters()
    }
}
