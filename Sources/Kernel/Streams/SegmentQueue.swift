import DequeModule

/// What one end of a socket pair has yet to read: bytes in the segments they were sent in. A sender's space comes back
/// when a whole segment is read, and each segment costs more than its bytes; both decide when the sender is ready to
/// write (Linux: af_unix.c, sock.c).
struct SegmentQueue: ~Copyable {
    private struct Segment {
        var remaining: Int
        let cost: Int
    }

    private var bytes = ByteRing()
    private var segments: Deque<Segment> = []

    init() {}

    var isEmpty: Bool { segments.isEmpty }
    var byteCount: Int { bytes.count }

    mutating func append(_ vectors: IoVectors, from offset: Int, count: Int, cost: Int) {
        segments.append(Segment(remaining: count, cost: cost))
        bytes.append(vectors, from: offset, count: count)
    }

    /// Moves bytes of the first segment, which there must be, to the target at `offset`. With `wholeMessage` the rest
    /// of the segment is dropped, as of a datagram that was cut.
    /// - Returns: bytes moved, and the cost given back when the segment is used up.
    mutating func take(into vectors: IoVectors, at offset: Int, limit: Int, wholeMessage: Bool) -> (Int, freed: Int) {
        let count = min(segments[0].remaining, limit)
        bytes.copy(to: vectors, at: offset, count: count)
        let dropped = wholeMessage ? segments[0].remaining : count
        bytes.removeFirst(dropped)
        segments[0].remaining -= dropped
        guard segments[0].remaining == 0 else { return (count, 0) }
        return (count, segments.removeFirst().cost)
    }

    /// Copies the first `count` bytes, leaving them.
    func copy(into vectors: IoVectors, at offset: Int, count: Int) {
        bytes.copy(to: vectors, at: offset, count: count)
    }

    var firstLength: Int { segments.first?.remaining ?? 0 }

    /// Throws everything away and answers what it cost.
    mutating func drop() -> Int {
        let cost = segments.reduce(0) { $0 + $1.cost }
        self = SegmentQueue()
        return cost
    }
}

/// What Linux charges a sender for a segment: buffers come in powers of two and whole pages (Linux: skbuff.c; measured
/// against SIOCOUTQ).
enum SegmentCost {
    /// The most that fits a one-page head beside its bookkeeping.
    private static let headLimit = 3776
    private static let fragments = 32_768
    private static let page = 4096

    /// How much of `left` goes into the next segment of a stream.
    static func streamSize(_ left: Int) -> Int { min(left, headLimit + fragments) }

    static func cost(_ size: Int) -> Int {
        let beyond = max(0, size - headLimit)
        let paged = min(size, (beyond + page - 1) / page * page)
        let head = size - paged
        var bucket = 512
        while bucket < (head + 63) / 64 * 64 + 320 { bucket *= 2 }
        return bucket + 256 + (paged + page - 1) / page * page
    }
}
