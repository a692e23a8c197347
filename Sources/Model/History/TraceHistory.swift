import DequeModule
import Trace

/// The newest records of all threads in the order in which they were handed over, gaps in their places. A copy costs
/// one array of blocks, whatever the number of entries, and never changes. Only the newest of all copies may be
/// appended to, because they share the last block.
package struct TraceHistory: Sendable {
    /// How much is kept; the oldest block goes first.
    package struct Limits: Sendable {
        package var entries = 100_000
        package var bytes = 64 << 20

        package init() {}
        package init(entries: Int, bytes: Int = 64 << 20) {
            self.entries = entries
            self.bytes = bytes
        }
    }

    private let limits: Limits
    private var blocks = Deque<TraceBlock>()
    /// Bytes in each block before the last.
    private var sizes = Deque<Int>()
    /// The last block, and how much of it is in use.
    private var tail: TraceBlock?
    private var tailCount = 0
    private var tailPayload = 0
    /// Room for payloads in the last block; -1 without one.
    private var tailCapacity = -1
    private var bytesBeforeTail = 0
    /// Number of the entry that comes next: how many entries there ever were.
    package private(set) var total: UInt64 = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// The sequence numbers that are kept.
    package var range: Range<UInt64> { (blocks.first?.firstSequence ?? total)..<total }
    package var count: Int { range.count }
    package var isEmpty: Bool { range.isEmpty }

    /// The entry with this number; nil when it has left or has not come.
    package subscript(sequence: UInt64) -> TraceEntry? {
        guard range.contains(sequence) else { return nil }
        var low = 0
        var high = blocks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if blocks[middle].firstSequence <= sequence { low = middle } else { high = middle }
        }
        return blocks[low].entry(at: Int(sequence - blocks[low].firstSequence))
    }

    /// The kept numbers before `sequence`, at most `reach` of them. An entry that a page holds may have left long ago:
    /// then there are none.
    package func numbers(before sequence: UInt64, reach: UInt64) -> Range<UInt64> {
        let kept = range
        let end = min(max(sequence, kept.lowerBound), kept.upperBound)
        return max(kept.lowerBound, end - min(reach, end))..<end
    }

    /// The kept numbers among the `reach` from `sequence` on.
    package func numbers(from sequence: UInt64, reach: UInt64) -> Range<UInt64> {
        let kept = range
        let first = min(max(sequence, kept.lowerBound), kept.upperBound)
        return first..<max(first, min(sequence + reach, kept.upperBound))
    }

    /// The newest `limit` entries, oldest of them first.
    package func newest(_ limit: Int) -> [TraceEntry] {
        numbers(before: total, reach: UInt64(max(limit, 0))).compactMap { self[$0] }
    }

    /// Appends the next record; inspector only.
    @inline(__always)
    package mutating func append(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, process: ProcessID, thread: ThreadID
    ) {
        if tailCount == TraceBlock.capacity || tailPayload + payload.count > tailCapacity { startBlock(payload.count) }
        tail?.store(
            record, payload: payload, process: process, thread: thread, at: tailCount, payloadUsed: tailPayload)
        tailCount += 1
        tailPayload += payload.count
        total += 1
    }

    /// - Parameter payload: bytes of the record that comes first.
    private mutating func startBlock(_ payload: Int) {
        if tail != nil {
            let bytes = TraceBlock.bytes(count: tailCount, payloadUsed: tailPayload)
            bytesBeforeTail += bytes
            sizes.append(bytes)
        }
        let block = TraceBlock(firstSequence: total, payload: payload)
        tailCapacity = block.payloadCapacity
        blocks.append(block)
        tail = block
        tailCount = 0
        tailPayload = 0
        while blocks.count > 1, isOverLimit {
            blocks.removeFirst()
            bytesBeforeTail -= sizes.removeFirst()
        }
    }

    /// Whether the oldest block may be dropped: enough entries are left without it, or the memory limit is exceeded.
    private var isOverLimit: Bool {
        Int(total - blocks[1].firstSequence) >= limits.entries || bytesBeforeTail > limits.bytes
    }
}
