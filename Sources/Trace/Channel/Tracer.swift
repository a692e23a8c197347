import CLinux
import Synchronization
import WasixABI

/// What the tracer keeps of each call.
public struct TraceOptions: Sendable {
    /// Bytes of each string or buffer that are kept (`-s`), at most a million: a record must fit its ring.
    public var stringLimit = 64
    /// The guest waits for the reader instead of losing records (`--lossless`).
    public var isLossless = false
    /// Nobody reads the records, only the counters: rings are as small as can be, and the channel of a thread that ends
    /// is retired at once.
    public var countsOnly = false

    /// Which calls keep the guest's stack.
    public var stacks = StackChoice.none
    /// Calls that are faults by themselves keep theirs, too: somebody looks for faults.
    public var keepsFaults = false
    /// Epoll instances keep what their last waits did with each item: somebody may ask why (Kernel.docc/Decisions).
    public var keepsDecisions = false

    public enum StackChoice: Sendable, Equatable {
        case none
        /// Those that slept for at least so many nanoseconds.
        case afterWait(UInt64)
        case all
    }

    public init() {}

    /// Bytes of the payload arena of a ring: room for two of the largest records, a power of two.
    var payloadCapacity: Int {
        let needed = 2 * CaptureStep.mostElements * (min(stringLimit, CaptureStep.mostString) + 64)
        var capacity = 1 << 20
        while capacity < needed { capacity <<= 1 }
        return capacity
    }
}

/// All channels of one run: guest threads add theirs and end them, one reader drains them.
///
/// A channel whose thread has ended is retired once its records were read: its counters are added to sums, and its
/// memory is freed. So the cost of a run depends on the threads that are alive, not on those that there were.
public final class Tracer: Sendable {
    private struct State {
        var channels: [ThreadChannel] = []
        /// Those that the reader has not asked for yet.
        var arrived: [ThreadChannel] = []
        /// By row of the call table: what retired channels have counted.
        var retired = [CallCount](repeating: CallCount(), count: CallTable.all.count)
    }

    public let clock = TickClock()
    public let options: TraceOptions
    /// What whoever inspects the guest does to it.
    public let interventions = Interventions()
    private let state = Mutex(State())

    public init(options: TraceOptions = TraceOptions()) { self.options = options }

    /// A new channel for a thread that begins.
    public func makeChannel(process: ProcessID, thread: ThreadID) -> ThreadChannel {
        let ring =
            options.countsOnly
            ? TraceRing(capacity: 1, payloadCapacity: 1) : TraceRing(payloadCapacity: options.payloadCapacity)
        let channel = ThreadChannel(
            process: process, thread: thread, ring: ring, options: options, stackWait: stackWait)
        state.withLock {
            $0.channels.append(channel)
            if !options.countsOnly { $0.arrived.append(channel) }
        }
        return channel
    }

    /// Runs an action of whoever inspects the guest, and records it. Any thread; no kernel lock held.
    public func intervene(_ action: WhatIf, _ body: () -> WhatIfOutcome) -> WhatIfOutcome {
        interventions.perform(action, in: self, body)
    }

    /// Records and bytes that the inspector's own channel holds.
    private static let inspectorRecords = 256
    private static let inspectorBytes = 1 << 16

    /// The channel of whoever inspects the guest. It stays until the end.
    func makeInspectorChannel() -> ThreadChannel {
        let ring = TraceRing(capacity: Self.inspectorRecords, payloadCapacity: Self.inspectorBytes)
        let channel = ThreadChannel(process: .initial, thread: .inspector, ring: ring, options: options)
        state.withLock {
            $0.channels.append(channel)
            $0.arrived.append(channel)
        }
        return channel
    }

    /// Ticks that a call must have slept for its stack to be kept.
    private var stackWait: UInt64 {
        switch options.stacks {
        case .none: .max
        case .afterWait(let nanoseconds): max(UInt64(Double(nanoseconds) / clock.nanosecondsPerTick()), 1)
        case .all: 0
        }
    }

    /// The next call that `wish` is about keeps its stack. A thread keeps its last wish alone. Any thread.
    public func keepStack(_ wish: StackWish) {
        let channel = state.withLock { $0.channels.first { $0.thread == wish.thread } }
        channel?.wish(PackedWish(wish, ticksPerNanosecond: 1 / clock.nanosecondsPerTick()))
    }

    /// Marks the thread of `channel` as ended; called after its last record and count.
    public func end(_ channel: ThreadChannel) {
        channel.markEnded()
        if options.countsOnly { retire(channel) }
    }

    /// Adds the counters of an ended thread to the sums and drops its channel. Reader only, once the ring is empty.
    public func retire(_ channel: ThreadChannel) {
        state.withLock { state in
            guard let index = state.channels.firstIndex(where: { $0 === channel }) else { return }
            channel.counters.forEachUsed { state.retired[$0] += $1 }
            state.channels.swapAt(index, state.channels.count - 1)
            state.channels.removeLast()
        }
    }

    /// Channels that were made since the last call. Reader only.
    public func takeArrivals() -> [ThreadChannel] {
        state.withLock { state in
            guard !state.arrived.isEmpty else { return [] }
            let arrived = state.arrived
            state.arrived.removeAll()
            return arrived
        }
    }

    /// The channels that are not retired.
    public var allChannels: [ThreadChannel] { state.withLock { $0.channels } }

    /// What all threads have counted so far, ended ones included, by row of the call table. Each channel is counted
    /// exactly once, also while it is being retired.
    public var totals: [CallCount] {
        state.withLock { state in
            var totals = state.retired
            for channel in state.channels { channel.counters.forEachUsed { totals[$0] += $1 } }
            return totals
        }
    }

    /// What retired channels have counted, by row of the call table.
    public var retiredTotals: [CallCount] { state.withLock { $0.retired } }
}
