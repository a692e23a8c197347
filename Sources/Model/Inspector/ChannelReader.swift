import Trace

/// One thread's records between its ring and the merge: drained, with payloads copied, in order.
final class ChannelReader {
    let channel: ThreadChannel
    private let origin: RecordOrigin
    /// Records that wait for their turn, from `position` on; their payload positions lead into `payload`.
    private var staged: [TraceRecord] = []
    /// The moment of each, never before that of the record above it: a thread's own order stays.
    private var keys: [UInt64] = []
    private var payload: [UInt8] = []
    private var position = 0
    private var lastKey: UInt64 = 0
    /// Lost records that a `.gap` has told of.
    private var marked: UInt64 = 0
    /// Records drained so far, holes not counted.
    private(set) var received: UInt64 = 0

    init(channel: ThreadChannel, slot: Int) {
        self.channel = channel
        origin = RecordOrigin(process: channel.process, thread: channel.thread, slot: slot)
    }

    var slot: Int { origin.slot }

    /// Records that the ring had no room for.
    var dropped: UInt64 { channel.ring.lost }

    var tally: ThreadTally { ThreadTally(thread: channel.thread, received: received, dropped: dropped) }

    /// Records were drained that wait for their turn.
    var isWaiting: Bool { position < staged.count }

    /// Takes everything out of the ring.
    /// - Returns: how many records there were.
    func drain() -> Int {
        forget()
        // In locals while the ring is read: what a class holds is checked for conflicts at every access.
        var staged = take(&staged)
        var payload = take(&payload)
        var gaps = 0
        let count = channel.ring.drain { record, bytes in
            staged.append(record)
            if record.kind == RecordKind.gap.rawValue { gaps += 1 }
            guard !bytes.isEmpty else { return }
            staged[staged.count - 1].payloadPosition = UInt32(truncatingIfNeeded: payload.count)
            payload.append(contentsOf: bytes)
        }
        received &+= UInt64(count - gaps)
        if gaps > 0 { measureGaps(&staged, from: staged.count - count) }
        for record in staged[keys.count...] {
            lastKey = max(lastKey, record.moment)
            keys.append(lastKey)
        }
        self.staged = staged
        self.payload = payload
        return count
    }

    /// Records that are kept: those that wait, and some of those that were handed over.
    var stagedCount: Int { staged.count }

    /// Lets go of what was handed over once it is as much as what waits: under load some always waits.
    private func forget() {
        guard position > 0, position >= staged.count - position else { return }
        let waiting = staged[position...]
        let start = waiting.first { $0.payloadLength > 0 }.map { Int($0.payloadPosition) } ?? payload.count
        staged.removeFirst(position)
        keys.removeFirst(position)
        payload.removeFirst(start)
        for index in staged.indices { staged[index].payloadPosition &-= UInt32(truncatingIfNeeded: start) }
        position = 0
    }

    /// A hole lasts until the next record of its thread began, which is always there: both are published at once.
    private func measureGaps(_ staged: inout [TraceRecord], from first: Int) {
        for index in first..<staged.count where staged[index].kind == RecordKind.gap.rawValue {
            marked &+= UInt64(staged[index].result)
            guard index + 1 < staged.count, staged[index + 1].start > staged[index].start else { continue }
            staged[index].duration = staged[index + 1].start &- staged[index].start
        }
    }

    /// A hole at the very end of an ended thread, which no later record marks.
    /// - Returns: whether there is one.
    func markFinalGap() -> Bool {
        guard dropped > marked else { return false }
        var gap = TraceRecord()
        gap.kind = RecordKind.gap.rawValue
        gap.start = lastKey
        gap.result = UInt32(truncatingIfNeeded: min(dropped &- marked, UInt64(UInt32.max)))
        marked = dropped
        staged.append(gap)
        keys.append(lastKey)
        return true
    }

    /// The moment of the next record; `.max` when there is none with one up to `horizon`.
    func nextKey(upTo horizon: UInt64) -> UInt64 {
        guard position < keys.count, keys[position] <= horizon else { return .max }
        return keys[position]
    }

    /// Hands over all records up to the first with a moment after `limit`.
    func hand<Sink: RecordSink>(upTo limit: UInt64, to sink: inout Sink) {
        var position = position
        staged.withUnsafeBufferPointer { records in
            payload.withUnsafeBytes { bytes in
                while position < records.count, keys[position] <= limit {
                    let start = Int(records[position].payloadPosition)
                    let length = records[position].payloadLength
                    sink.take(
                        records[position],
                        payload: length == 0
                            ? UnsafeRawBufferPointer(start: nil, count: 0)
                            : UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)]), from: origin)
                    position += 1
                }
            }
        }
        self.position = position
    }

    /// Moves an array out, so that it is changed in place.
    private func take<Element>(_ array: inout [Element]) -> [Element] {
        let taken = array
        array = []
        return taken
    }
}
