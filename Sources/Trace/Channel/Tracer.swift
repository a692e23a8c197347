import CLinux
import Synchronization

/// What the tracer keeps of each call.
package struct TraceOptions: Sendable {
    /// Bytes of each string or buffer that are kept (`-s`).
    package var stringLimit = 64
    /// The guest waits for the reader instead of losing records (`--lossless`).
    package var isLossless = false

    package init() {}
}

/// All channels of one run: guest threads add theirs, the inspector drains them.
package final class Tracer: Sendable {
    package let clock = TickClock()
    package let options: TraceOptions
    private let channels = Mutex<[ThreadChannel]>([])

    package init(options: TraceOptions = TraceOptions()) { self.options = options }

    /// A new channel for a thread that begins. Kept until the run ends: an ended thread's counters still count.
    package func makeChannel(process: ProcessID, thread: ThreadID) -> ThreadChannel {
        let channel = ThreadChannel(process: process, thread: thread, ring: TraceRing())
        channels.withLock { $0.append(channel) }
        return channel
    }

    /// The channels so far, oldest first.
    package var allChannels: [ThreadChannel] { channels.withLock { $0 } }
}
