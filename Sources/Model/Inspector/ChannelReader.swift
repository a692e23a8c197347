import Trace

/// One thread's records between its ring and the merge: drained, with payloads copied, in order.
final class ChannelReader {
    private struct Staged {
        var record: TraceRecord
        /// When the record takes its place: the end of the call, never before its predecessor.
        var key: UInt64
        var payloadStart: Int
    }

    let channel: ThreadChannel
    private var staged: [Staged] = []
    private var payload: [UInt8] = []
    private var position = 0
    private var lastKey: UInt64 = 0
    private var marked: UInt64 = 0
    /// Records drained so far, holes not counted.
    private(set) var received: UInt64 = 0
    /// When the thread's last wait for events returned, in ticks; 0 before the first. Kept here for the fold.
    var lastWaitEnd: UInt64 = 0

    init(channel: ThreadChannel) { self.channel = channel }

    /// Records that the ring had no room for.
    var dropped: UInt64 { channel.ring.lost }

    /// Takes everything out of the ring.
    /// - Returns: how many records there were.
    func drain() -> Int {
        if position == staged.count {
            staged.removeAll(keepingCapacity: true)
            payload.removeAll(keepingCapacity: true)
            position = 0
        }
        return channel.ring.drain { record, bytes in
            var record = record
            if let previous = staged.last, previous.record.kind == RecordKind.gap.rawValue {
                // Only now is it known how long the hole is: until the next record began.
                closeGap(until: record.start)
            }
            if record.kind == RecordKind.gap.rawValue {
                marked &+= UInt64(record.result)
                record.payloadLength = 0
            } else {
                received &+= 1
            }
            lastKey = max(lastKey, record.start &+ record.duration)
            staged.append(Staged(record: record, key: lastKey, payloadStart: payload.count))
            payload.append(contentsOf: bytes)
        }
    }

    /// A hole at the very end of an ended thread, which no later record marks.
    func markFinalGap() {
        guard dropped > marked else { return }
        var gap = TraceRecord()
        gap.kind = RecordKind.gap.rawValue
        gap.start = lastKey
        gap.result = UInt32(truncatingIfNeeded: min(dropped &- marked, UInt64(UInt32.max)))
        marked = dropped
        staged.append(Staged(record: gap, key: lastKey, payloadStart: payload.count))
    }

    private func closeGap(until end: UInt64) {
        let last = staged.count - 1
        guard end > staged[last].record.start else { return }
        staged[last].record.duration = end &- staged[last].record.start
        lastKey = max(lastKey, end)
        staged[last].key = lastKey
    }

    /// The key of the next record; nil when there is none.
    var nextKey: UInt64? { position < staged.count ? staged[position].key : nil }

    /// Hands over all records whose key is at most `limit`.
    func take(upTo limit: UInt64, _ body: (TraceRecord, UnsafeRawBufferPointer) -> Void) {
        payload.withUnsafeBytes { bytes in
            while position < staged.count, staged[position].key <= limit {
                let next = staged[position]
                let end = next.payloadStart + Int(next.record.payloadLength)
                body(next.record, UnsafeRawBufferPointer(rebasing: bytes[next.payloadStart..<end]))
                position += 1
            }
        }
    }
}
