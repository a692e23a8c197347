import Trace

/// Brings the records of all threads into one order: that of the moments at which their calls took effect. So a call
/// that woke another thread stands above the call that was woken. Belongs to one thread.
///
/// Thousands of threads that sleep cost little: of each a drain reads one cache line, through a list of its own.
package struct ChannelMerger {
    private let tracer: Tracer
    /// The channels that are not retired, in no order.
    private(set) var readers: [ChannelReader] = []
    /// What the producer of each ring publishes, in the same order.
    private var heads: [TraceRing.Head] = []
    /// Those with records that wait for their turn.
    private var waiting: [ChannelReader] = []
    /// Slots that readers had and have no more.
    private var freeSlots: [Int] = []
    private var slotCount = 0
    /// How full the fullest ring was at the last drain, 0...1.
    package private(set) var fill = 0.0
    private var retiredReceived: UInt64 = 0
    private var retiredDropped: UInt64 = 0
    /// Threads that were retired since the last call of `takeRetired`.
    private var retired: [ThreadTally] = []

    /// - Parameter patience: how long a call may delay the records of other threads, in ticks.
    package init(tracer: Tracer, patience: UInt64 = Self.usualPatience) {
        self.tracer = tracer
        self.patience = patience
    }

    /// Records handed out or waiting for their turn, and records that rings had no room for.
    package var received: UInt64 { readers.reduce(retiredReceived) { $0 &+ $1.received } }
    package var dropped: UInt64 { readers.reduce(retiredDropped) { $0 &+ $1.dropped } }

    /// The most ticks between a call's time stamp and its announcement in the ring, with plenty to spare.
    private static let announcement: UInt64 = 100_000

    /// A call that takes longer than this many ticks, a few tenths of a second, without a wait of the kernel's (the host is
    /// slow, or has given its processors to others) does not delay the records of other threads: its own record comes late.
    package static let usualPatience: UInt64 = 1 << 30
    private let patience: UInt64

    /// Takes what is in the rings and hands over, in order, what took effect before any call that is still going on
    /// may. What came later may be preceded by a record that is not there yet: it waits for the next drain.
    /// - Returns: how many records left the rings.
    package mutating func drain<Sink: RecordSink>(into sink: inout Sink) -> Int {
        adoptChannels()
        let (count, horizon, hasEnded) = drainRings()
        merge(upTo: horizon, into: &sink)
        if hasEnded { retireEnded() }
        return count
    }

    /// Hands over everything that is left, gaps at the end included. Call it when no thread records any more.
    package mutating func finish<Sink: RecordSink>(into sink: inout Sink) {
        adoptChannels()
        _ = drainRings()
        for reader in readers where reader.markFinalGap() { note(reader) }
        merge(upTo: .max, into: &sink)
    }

    /// Adds the channels of threads that began.
    mutating func adoptChannels() {
        for channel in tracer.takeArrivals() {
            let slot = freeSlots.popLast() ?? slotCount
            slotCount = max(slotCount, slot + 1)
            readers.append(ChannelReader(channel: channel, slot: slot))
            heads.append(channel.ring.headReference)
        }
    }

    /// What became of the records of threads that were retired since the last call.
    mutating func takeRetired() -> [ThreadTally] {
        defer { retired.removeAll() }
        return retired
    }

    /// - Returns: how many records there were, up to which moment there can be no other, and whether a thread has
    ///   ended.
    private mutating func drainRings() -> (count: Int, horizon: UInt64, hasEnded: Bool) {
        let now = TickClock.now()
        var horizon = now &- Self.announcement
        var count = 0
        var hasEnded = false
        fill = 0
        for index in heads.indices {
            // `earliestNext` is read before the ring: a call that is no longer announced has its record in the ring by
            // then.
            horizon = min(horizon, max(heads[index].earliestNext, now - min(now, patience)))
            if heads[index].hasEnded { hasEnded = true }
            guard heads[index].takeNews() else { continue }
            let drained = readers[index].drain()
            count += drained
            fill = max(fill, Double(drained) / Double(readers[index].channel.ring.capacity))
            note(readers[index])
        }
        return (count, horizon, hasEnded)
    }

    private mutating func note(_ reader: ChannelReader) {
        guard reader.isWaiting, !waiting.contains(where: { $0 === reader }) else { return }
        waiting.append(reader)
    }

    private mutating func merge<Sink: RecordSink>(upTo horizon: UInt64, into sink: inout Sink) {
        // The key of a reader without a record to hand over is `.max`.
        var keys = waiting.map { $0.nextKey(upTo: horizon) }
        while true {
            var first = 0
            var firstKey = UInt64.max
            var secondKey = UInt64.max
            for (position, key) in keys.enumerated() {
                if key < firstKey {
                    secondKey = firstKey
                    firstKey = key
                    first = position
                } else if key < secondKey {
                    secondKey = key
                }
            }
            guard firstKey != .max else { break }
            waiting[first].hand(upTo: min(horizon, secondKey), to: &sink)
            keys[first] = waiting[first].nextKey(upTo: horizon)
        }
        waiting.removeAll { !$0.isWaiting }
    }

    /// Retires ended threads whose records were all handed over: their memory is freed, their counts are added to sums.
    private mutating func retireEnded() {
        for index in heads.indices.reversed() where heads[index].hasEnded {
            let reader = readers[index]
            // `hasEnded` was read before this drain, so no record can come after it.
            if reader.drain() > 0 || reader.markFinalGap() { note(reader) }
            guard !reader.isWaiting else { continue }
            tracer.retire(reader.channel)
            retiredReceived &+= reader.received
            retiredDropped &+= reader.dropped
            retired.append(reader.tally)
            freeSlots.append(reader.slot)
            readers.swapAt(index, readers.count - 1)
            readers.removeLast()
            heads.swapAt(index, heads.count - 1)
            heads.removeLast()
        }
    }
}
