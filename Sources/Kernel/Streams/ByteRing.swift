import WasixABI

/// A queue of bytes in a ring buffer: a small read costs what it reads, wherever the queue begins, and memory is
/// allocated only when the bytes do not fit any more.
struct ByteRing: ~Copyable {
    private static let leastCapacity = 4096
    /// An empty ring keeps no more than this.
    private static let keptCapacity = 1 << 18

    private var base: UnsafeMutableRawPointer?
    /// A power of two, or 0.
    private(set) var capacity = 0
    private var start = 0
    private(set) var count = 0

    init() {}

    deinit { base?.deallocate() }

    /// Appends `count` bytes of `vectors`, from byte `offset` on.
    mutating func append(_ vectors: IoVectors, from offset: Int, count added: Int) {
        if count + added > capacity { grow(to: count + added) }
        guard let base, added > 0 else { return }
        let end = (start + count) & (capacity - 1)
        let first = min(added, capacity - end)
        vectors.gather(to: base + end, count: first, at: offset)
        if first < added { vectors.gather(to: base, count: added - first, at: offset + first) }
        count += added
    }

    /// Copies the first `wanted` bytes to `vectors`, from byte `offset` on, and leaves them.
    func copy(to vectors: IoVectors, at offset: Int, count wanted: Int) {
        guard let base, wanted > 0 else { return }
        let first = min(wanted, capacity - start)
        vectors.scatter(from: base + start, count: first, at: offset)
        if first < wanted { vectors.scatter(from: base, count: wanted - first, at: offset + first) }
    }

    mutating func removeFirst(_ dropped: Int) {
        count -= dropped
        guard count > 0 else {
            start = 0
            if capacity > Self.keptCapacity { release() }
            return
        }
        start = (start + dropped) & (capacity - 1)
    }

    private mutating func release() {
        base?.deallocate()
        base = nil
        capacity = 0
    }

    private mutating func grow(to needed: Int) {
        var larger = max(capacity, Self.leastCapacity)
        while larger < needed { larger *= 2 }
        let made = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        if let base {
            let first = min(count, capacity - start)
            made.copyMemory(from: base + start, byteCount: first)
            (made + first).copyMemory(from: base, byteCount: count - first)
            base.deallocate()
        }
        base = made
        capacity = larger
        start = 0
    }
}
