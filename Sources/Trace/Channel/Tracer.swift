import CLinux
import Synchronization

/// What the tracer keeps of each call.
public struct TraceOptions: Sendable {
    /// Bytes of each string or buffer that are kept (`-s`); a record ends it at a million.
    public var stringLimit = 64
    /// The guest waits for the reader instead of losing records (`--lossless`).
    public var isLossless = false

    public init() {}

    /// Bytes of the payload arena of a ring: room for two of the largest records, a power of two.
    var payloadCapacity: Int {
        let needed = 2 * CaptureStep.mostElements * (min(stringLimit, CaptureStep.mostString) + 64)
        var capacity = 1 << 20
        while capacity < needed { capacity <<= 1 }
        return capacity
    }
}

/// All channels of one run: guest threads add theirs, the inspector drains them.
public final class Tracer: Sendable {
    public let clock = TickClock()
    public let options: TraceOptions
    private let channels = Mutex<[ThreadChannel]>([])

    public init(options: TraceOptions = TraceOptions()) { self.options = options }

    /// A new channel for a thread that begins. Kept until the run ends: an ended thread's counters still count.
    public func makeChannel(process: ProcessID, thread: ThreadID) -> ThreadChannel {
        let ring = TraceRing(payloadCapacity: options.payloadCapacity)
        let channel = ThreadChannel(process: process, thread: thread, ring: ring, options: options)
        channels.withLock { $0.append(channel) }
        return channel
    }

    /// The channels so far, oldest first.
    public var allChannels: [ThreadChannel] { channels.withLock { $0 } }
}
