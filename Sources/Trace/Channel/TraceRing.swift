import CLinux
import Glibc

/// The records of one guest thread on their way to the inspector: one producer (the guest thread), one consumer
/// (the inspector thread), no lock. A full ring never makes the guest wait: the record is counted as lost and the
/// hole is marked in place by a `.gap` record once there is room again.
public final class TraceRing: @unchecked Sendable {
    // Safe to share: the producer alone writes `head`, `payloadHead` and slots it owns, the consumer alone `tail`
    // and `payloadTail`; each publishes with a release store that the other reads with an acquire load.
    /// Records that the ring holds.
    public let capacity: Int
    /// Bytes of the payload arena.
    public let payloadCapacity: Int
    @usableFromInline let slots: UnsafeMutablePointer<TraceRecord>
    private let payload: UnsafeMutableRawPointer
    /// Four cache lines: what the producer publishes (head, next, ended), tail, payloadTail, lost.
    @usableFromInline let words: UnsafeMutablePointer<UInt64>

    // The producer's own copies.
    @usableFromInline var head: UInt64 = 0
    @usableFromInline var knownTail: UInt64 = 0
    private var payloadHead: UInt64 = 0
    private var knownPayloadTail: UInt64 = 0
    @usableFromInline var pendingLost: UInt64 = 0
    private var pendingLostStart: UInt64 = 0
    /// When the thread's last call ended, in ticks. Guest thread only.
    public var lastMoment: UInt64 = 0

    private static let line = 8
    @usableFromInline static let nextIndex = 1
    private static let endedIndex = 2
    @inlinable
    var headWord: UnsafeMutablePointer<UInt64> { words }
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
        // A record is a cache line.
        slots = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<TraceRecord>.stride, alignment: MemoryLayout<TraceRecord>.stride
        ).bindMemory(to: TraceRecord.self, capacity: capacity)
        payload = .allocate(byteCount: payloadCapacity, alignment: 64)
        words = UnsafeMutableRawPointer.allocate(byteCount: 4 * Self.line * 8, alignment: Self.line * 8)
            .bindMemory(to: UInt64.self, capacity: 4 * Self.line)
        words.initialize(repeating: 0, count: 4 * Self.line)
        nextWord.initialize(to: .max)
    }

    deinit {
        slots.deallocate()
        payload.deallocate()
        words.deallocate()
    }

    // MARK: the guest thread's side

    @inlinable
    var nextWord: UnsafeMutablePointer<UInt64> { words + Self.nextIndex }

    /// Announces that a record with a moment of `moment` or later may follow: at the beginning of a call, and when a
    /// wait in it is over. The reader hands out no later record of another thread before it. Guest thread only.
    @inlinable @inline(__always)
    public func announce(_ moment: UInt64) { cl_store_release64(nextWord, moment) }

    /// As `announce`, by a thread that does not know the time: its next record has no moment before its last one's end.
    @inlinable @inline(__always)
    public func announceNext() { announce(lastMoment) }

    /// Announces that no record with a moment before now will follow: the thread is in no call, or sleeps in one. Guest
    /// thread only.
    @inlinable @inline(__always)
    public func announceNothing() { cl_store_release64(nextWord, .max) }

    /// Whether `count` records fit.
    private func hasRoom(_ count: UInt64) -> Bool {
        if head &+ count &- knownTail <= UInt64(capacity) { return true }
        knownTail = cl_load_acquire64(tailWord)
        return head &+ count &- knownTail <= UInt64(capacity)
    }

    /// The next record, empty, to be filled in place and published; nil when it is lost (and counted). Guest thread
    /// only.
    /// - Parameter start: when the call began. If the record is lost, the hole stands at that time.
    @inlinable @inline(__always)
    public func begin(at start: UInt64) -> UnsafeMutablePointer<TraceRecord>? {
        if pendingLost != 0 || head &- knownTail == UInt64(capacity), !makeRoom(start) { return nil }
        let slot = slots + Int(truncatingIfNeeded: head) & (capacity &- 1)
        slot.initialize(to: TraceRecord())
        return slot
    }

    /// Hands the record that `begin` gave out to the reader.
    @inlinable @inline(__always)
    public func publish() {
        head &+= 1
        cl_store_release64(headWord, head)
    }

    /// Makes room when the ring was full when last seen, or records were lost before: then their `.gap` record comes
    /// first.
    /// - Returns: whether there is room for the next record; if not, it is counted as lost.
    @usableFromInline func makeRoom(_ start: UInt64) -> Bool {
        guard hasRoom(pendingLost != 0 ? 2 : 1) else {
            if pendingLost == 0 { pendingLostStart = start }
            pendingLost &+= 1
            cl_store_relaxed64(lostWord, cl_load_relaxed64(lostWord) &+ 1)
            return false
        }
        guard pendingLost != 0 else { return true }
        var gap = TraceRecord()
        gap.kind = RecordKind.gap.rawValue
        gap.start = pendingLostStart
        gap.result = UInt32(truncatingIfNeeded: min(pendingLost, UInt64(UInt32.max)))
        slots[Int(truncatingIfNeeded: head) & (capacity - 1)] = gap
        head &+= 1
        pendingLost = 0
        return true
    }

    /// Appends one record; guest thread only. When the record is lost its payload is released at once, because no
    /// reader would ever release it.
    public func push(_ record: TraceRecord) {
        guard let slot = begin(at: record.start) else {
            payloadHead &-= UInt64(record.payloadLength)
            return
        }
        slot.pointee = record
        publish()
    }

    /// Waits until the reader has made room for a record; for lossless tracing, and where a record decides something.
    /// - Parameter isOver: no longer worth waiting.
    public func waitForRoom(unless isOver: () -> Bool = { false }) {
        while !hasRoom(2), !isOver() { usleep(50) }
    }

    /// The most payload bytes that one record can have: half of the arena, because they must lie in one piece.
    public var mostPayload: Int { min(payloadCapacity / 2, TraceRecord.mostPayload) }

    /// Reserves `count` (at most `mostPayload`) contiguous payload bytes; nil when the arena is full. Guest thread
    /// only. The position goes into the record that is pushed next.
    /// - Parameter waits: whether to wait for the reader when the arena is full.
    public func reservePayload(_ count: Int, waits: Bool = false) -> (bytes: UnsafeMutableRawPointer, position: UInt32)?
    {
        let mask = UInt64(payloadCapacity - 1)
        var position = payloadHead
        let untilEnd = payloadCapacity - Int(position & mask)
        if count > untilEnd { position &+= UInt64(untilEnd) }
        while position &+ UInt64(count) &- knownPayloadTail > UInt64(payloadCapacity) {
            knownPayloadTail = cl_load_acquire64(payloadTailWord)
            if position &+ UInt64(count) &- knownPayloadTail <= UInt64(payloadCapacity) { break }
            guard waits else { return nil }
            usleep(50)
        }
        payloadHead = position &+ UInt64(count)
        return (payload + Int(position & mask), UInt32(truncatingIfNeeded: position))
    }

    /// Gives back what the last reservation did not use: the payload ends at `position + used`.
    public func trimPayload(unused: Int) { payloadHead &-= UInt64(unused) }

    /// No record follows any more. Called by whoever saw the guest thread end.
    func markEnded() { cl_store_release64(words + Self.endedIndex, 1) }

    /// The payload of a record that is not published yet. Guest thread only.
    public func payload(of record: TraceRecord) -> UnsafeRawBufferPointer {
        guard record.payloadLength > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let offset = Int(record.payloadPosition) & (payloadCapacity - 1)
        return UnsafeRawBufferPointer(start: payload + offset, count: record.payloadLength)
    }

    // MARK: the inspector's side

    /// What the producer publishes, without a reference to the ring: for a reader of thousands of rings that are mostly
    /// idle. Valid as long as the ring is.
    public struct Head: @unchecked Sendable {
        // Safe to share: words that are stored and loaded whole.
        fileprivate let words: UnsafeMutablePointer<UInt64>
        private var seen: UInt64 = 0

        fileprivate init(words: UnsafeMutablePointer<UInt64>) { self.words = words }

        /// Whether records have come since the last call.
        public mutating func takeNews() -> Bool {
            let head = cl_load_acquire64(words)
            defer { seen = head }
            return head != seen
        }

        /// `TraceRing.earliestNext`
        public var earliestNext: UInt64 { cl_load_acquire64(words + TraceRing.nextIndex) }
        /// `ThreadChannel.hasEnded`
        public var hasEnded: Bool { cl_load_acquire64(words + TraceRing.endedIndex) != 0 }
    }

    /// What the producer of this ring publishes.
    public var headReference: Head { Head(words: words) }

    /// The producer has ended, and all that it did can be seen.
    var hasEnded: Bool { cl_load_acquire64(words + Self.endedIndex) != 0 }

    /// No record that is not in the ring yet has an earlier moment; `.max` when none is under way.
    public var earliestNext: UInt64 { cl_load_acquire64(nextWord) }
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
            let length = record.payloadLength
            if length > 0 {
                body(record, payload(of: record))
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
