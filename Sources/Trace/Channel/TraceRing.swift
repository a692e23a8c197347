import CLinux
import Glibc

/// The records of one guest thread on their way to the inspector: one producer (the guest thread), one consumer
/// (the inspector thread), no lock. A full ring never makes the guest wait: the record is counted as lost and the
/// hole is marked in place by a `.gap` record once there is room again.
public final class TraceRing: @unchecked Sendable {
    // Safe to share: the producer alone writes `head`, `payloadHead` and slots it owns, the consumer alone `tail`
    // and `payloadTail`; each publishes with a release store that the other reads with an acquire load.
    public let capacity: Int
    public let payloadCapacity: Int
    private let slots: UnsafeMutablePointer<TraceRecord>
    private let payload: UnsafeMutableRawPointer
    /// head, tail, payloadTail, lost: each on its own cache line.
    private let words: UnsafeMutablePointer<UInt64>

    // The producer's own copies.
    private var head: UInt64 = 0
    private var knownTail: UInt64 = 0
    private var payloadHead: UInt64 = 0
    private var knownPayloadTail: UInt64 = 0
    private var pendingLost: UInt64 = 0
    private var pendingLostStart: UInt64 = 0

    private static let line = 8
    private var headWord: UnsafeMutablePointer<UInt64> { words }
    private var tailWord: UnsafeMutablePointer<UInt64> { words + Self.line }
    private var payloadTailWord: UnsafeMutablePointer<UInt64> { words + 2 * Self.line }
    private var lostWord: UnsafeMutablePointer<UInt64> { words + 3 * Self.line }

    /// - Parameters:
    ///   - capacity: records, a power of two.
    ///   - payloadCapacity: bytes, a power of two.
    public init(capacity: Int = 1 << 14, payloadCapacity: Int = 1 << 20) {
        precondition(capacity & (capacity - 1) == 0 && payloadCapacity & (payloadCapacity - 1) == 0)
        self.capacity = capacity
        self.payloadCapacity = payloadCapacity
        slots = .allocate(capacity: capacity)
        payload = .allocate(byteCount: payloadCapacity, alignment: 64)
        words = .allocate(capacity: 4 * Self.line)
        words.initialize(repeating: 0, count: 4 * Self.line)
    }

    deinit {
        slots.deallocate()
        payload.deallocate()
        words.deallocate()
    }

    // MARK: the guest thread's side

    /// Room for one record, or nil when it is lost (and counted).
    @inline(__always)
    private func hasRoom(_ count: UInt64) -> Bool {
        if head &+ count &- knownTail <= UInt64(capacity) { return true }
        knownTail = cl_load_acquire64(tailWord)
        return head &+ count &- knownTail <= UInt64(capacity)
    }

    /// Appends one record; guest thread only.
    @inline(__always)
    public func push(_ record: TraceRecord) {
        if pendingLost != 0 {
            guard hasRoom(2) else { return lose(record) }
            var gap = TraceRecord()
            gap.kind = RecordKind.gap.rawValue
            gap.start = pendingLostStart
            gap.result = UInt32(truncatingIfNeeded: min(pendingLost, UInt64(UInt32.max)))
            slots[Int(truncatingIfNeeded: head) & (capacity - 1)] = gap
            head &+= 1
            pendingLost = 0
        } else if !hasRoom(1) {
            return lose(record)
        }
        slots[Int(truncatingIfNeeded: head) & (capacity - 1)] = record
        head &+= 1
        cl_store_release64(headWord, head)
    }

    /// Counts the record and takes its payload back: nobody would ever release it, and the arena would stay full.
    private func lose(_ record: TraceRecord) {
        payloadHead &-= UInt64(record.payloadLength)
        if pendingLost == 0 { pendingLostStart = record.start }
        pendingLost &+= 1
        cl_store_relaxed64(lostWord, cl_load_relaxed64(lostWord) &+ 1)
    }

    /// Room for a record and `payload` bytes, wherever in the arena they come to lie.
    private func hasRoom(payload: Int) -> Bool {
        guard hasRoom(2) else { return false }
        let needed = UInt64(min(2 * payload, payloadCapacity))
        if payloadHead &+ needed &- knownPayloadTail <= UInt64(payloadCapacity) { return true }
        knownPayloadTail = cl_load_acquire64(payloadTailWord)
        return payloadHead &+ needed &- knownPayloadTail <= UInt64(payloadCapacity)
    }

    /// Waits until the reader has made room for a record with `payload` bytes; for lossless tracing alone.
    public func waitForRoom(payload: Int) {
        while !hasRoom(payload: payload) { usleep(50) }
    }

    /// Reserves `count` contiguous payload bytes; nil when the arena is full. Guest thread only. The position goes
    /// into the record that is pushed next.
    @inline(__always)
    public func reservePayload(_ count: Int) -> (bytes: UnsafeMutableRawPointer, position: UInt32)? {
        let mask = UInt64(payloadCapacity - 1)
        var position = payloadHead
        let untilEnd = payloadCapacity - Int(position & mask)
        if count > untilEnd { position &+= UInt64(untilEnd) }
        if position &+ UInt64(count) &- knownPayloadTail > UInt64(payloadCapacity) {
            knownPayloadTail = cl_load_acquire64(payloadTailWord)
            if position &+ UInt64(count) &- knownPayloadTail > UInt64(payloadCapacity) { return nil }
        }
        payloadHead = position &+ UInt64(count)
        return (payload + Int(position & mask), UInt32(truncatingIfNeeded: position))
    }

    /// Gives back what the last reservation did not use: the payload ends at `position + used`.
    @inline(__always)
    public func trimPayload(unused: Int) { payloadHead &-= UInt64(unused) }

    // MARK: the inspector's side

    /// Records lost so far.
    public var lost: UInt64 { cl_load_relaxed64(lostWord) }
    /// Records waiting to be read.
    public var backlog: Int { Int(cl_load_acquire64(headWord) &- cl_load_relaxed64(tailWord)) }

    /// Hands at most `limit` records in order to `body` with their payload bytes, then frees them. Inspector only.
    /// - Returns: how many were handed over.
    @discardableResult
    public func drain(limit: Int = .max, _ body: (TraceRecord, UnsafeRawBufferPointer) -> Void) -> Int {
        var tail = cl_load_relaxed64(tailWord)
        let end = min(cl_load_acquire64(headWord), tail &+ UInt64(min(limit, capacity)))
        let count = Int(end &- tail)
        var payloadTail = cl_load_relaxed64(payloadTailWord)
        while tail != end {
            let record = slots[Int(truncatingIfNeeded: tail) & (capacity - 1)]
            let length = Int(record.payloadLength)
            if length > 0 {
                let offset = Int(record.payloadPosition) & (payloadCapacity - 1)
                body(record, UnsafeRawBufferPointer(start: payload + offset, count: length))
                // Positions are 32 bits in the record: widen relative to the tail.
                let ahead = record.payloadPosition &- UInt32(truncatingIfNeeded: payloadTail)
                payloadTail &+= UInt64(ahead) &+ UInt64(length)
            } else {
                body(record, UnsafeRawBufferPointer(start: nil, count: 0))
            }
            tail &+= 1
        }
        cl_store_release64(payloadTailWord, payloadTail)
        cl_store_release64(tailWord, end)
        return count
    }
}
