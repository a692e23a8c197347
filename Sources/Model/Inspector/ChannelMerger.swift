import Trace

/// Brings the records of all threads into one order, that of completion. Belongs to one thread.
package final class ChannelMerger {
    /// Where a record came from.
    package struct Origin {
        package let process: ProcessID
        package let thread: ThreadID
        let reader: ChannelReader
    }

    private let tracer: Tracer
    private(set) var readers: [ChannelReader] = []
    /// How full the fullest ring was at the last drain, 0...1.
    package private(set) var fill = 0.0

    package init(tracer: Tracer) { self.tracer = tracer }

    /// Records handed out or waiting for their turn, and records that rings had no room for.
    package var received: UInt64 { readers.reduce(0) { $0 &+ $1.received } }
    package var dropped: UInt64 { readers.reduce(0) { $0 &+ $1.dropped } }

    /// Takes what is in the rings and hands over, in order, what ended before this call began. What ended later may
    /// be preceded by a record of another thread that was not there yet: it waits for the next drain.
    /// - Returns: how many records left the rings.
    package func drain(_ body: (TraceRecord, UnsafeRawBufferPointer, Origin) -> Void) -> Int {
        let horizon = TickClock.now()
        let count = drainRings()
        merge(upTo: horizon, body)
        return count
    }

    /// Hands over everything that is left, holes at the end included; for when no thread records any more.
    package func finish(_ body: (TraceRecord, UnsafeRawBufferPointer, Origin) -> Void) {
        _ = drainRings()
        for reader in readers { reader.markFinalGap() }
        merge(upTo: .max, body)
    }

    /// Learns of threads that began.
    func adoptChannels() {
        for channel in tracer.allChannels.dropFirst(readers.count) { readers.append(ChannelReader(channel: channel)) }
    }

    private func drainRings() -> Int {
        adoptChannels()
        var count = 0
        fill = 0
        for reader in readers {
            let drained = reader.drain()
            count += drained
            fill = max(fill, Double(drained) / Double(reader.channel.ring.capacity))
        }
        return count
    }

    private func merge(upTo horizon: UInt64, _ body: (TraceRecord, UnsafeRawBufferPointer, Origin) -> Void) {
        while true {
            var first: ChannelReader?
            var firstKey = UInt64.max
            var limit = horizon
            for reader in readers {
                guard let key = reader.nextKey, key <= horizon else { continue }
                if first == nil || key < firstKey {
                    if first != nil { limit = min(limit, firstKey) }
                    first = reader
                    firstKey = key
                } else {
                    limit = min(limit, key)
                }
            }
            guard let first else { return }
            let origin = Origin(process: first.channel.process, thread: first.channel.thread, reader: first)
            first.take(upTo: limit) { body($0, $1, origin) }
        }
    }
}
