import Trace

/// Up to `capacity` records that follow each other, with their payloads. Append only: what is in it never changes or
/// moves, so a published state shares the block with the inspector that still appends to it.
final class TraceBlock: @unchecked Sendable {
    // Safe to share: the inspector alone appends, behind the counts that it published; readers read below the count
    // in the `TraceHistory` they hold, which reached them through a lock.
    static let capacity = 1024
    /// Room for the payloads of a block, unless the first alone needs more.
    static let payloadCapacity = 1 << 17

    private struct Slot {
        var record: TraceRecord
        var process: ProcessID
        var thread: ThreadID
    }

    let firstSequence: UInt64
    let payloadCapacity: Int
    private let slots: UnsafeMutablePointer<Slot>
    private let payload: UnsafeMutableRawPointer

    /// - Parameter payload: bytes of the first record's.
    init(firstSequence: UInt64, payload bytes: Int = 0) {
        self.firstSequence = firstSequence
        payloadCapacity = max(Self.payloadCapacity, bytes)
        slots = .allocate(capacity: Self.capacity)
        payload = .allocate(byteCount: payloadCapacity, alignment: 16)
    }

    deinit {
        slots.deallocate()
        payload.deallocate()
    }

    /// Bytes of memory that a block with so much in it uses.
    static func bytes(count: Int, payloadUsed: Int) -> Int { count * MemoryLayout<Slot>.stride + payloadUsed }

    /// Fills the slot at `index` and the payload area from `payloadUsed` on, both beyond what was published; there
    /// must be room. Inspector only.
    @inline(__always)
    func store(
        _ record: TraceRecord, payload bytes: UnsafeRawBufferPointer, process: ProcessID, thread: ThreadID,
        at index: Int, payloadUsed: Int
    ) {
        let slot = slots + index
        slot.initialize(to: Slot(record: record, process: process, thread: thread))
        slot.pointee.record.payloadPosition = UInt32(truncatingIfNeeded: payloadUsed)
        slot.pointee.record.payloadLength = bytes.count
        if let base = bytes.baseAddress { (payload + payloadUsed).copyMemory(from: base, byteCount: bytes.count) }
    }

    /// The entry at `index`, which must be below a published count.
    func entry(at index: Int) -> TraceEntry {
        let slot = slots[index]
        return TraceEntry(
            sequence: firstSequence + UInt64(index), process: slot.process, thread: slot.thread, record: slot.record,
            payloadOwner: self)
    }

    func withPayload<Result>(of record: TraceRecord, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
        -> Result
    {
        try body(
            UnsafeRawBufferPointer(
                start: payload + Int(record.payloadPosition), count: record.payloadLength))
    }
}
