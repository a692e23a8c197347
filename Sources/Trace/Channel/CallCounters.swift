import CLinux
import WasixABI

/// Exact counts of one call on one thread. Written by the guest thread alone, read by anyone.
public struct CallCount: Sendable, Equatable {
    public var calls: UInt64 = 0
    public var errors: UInt64 = 0
    /// Wall time in ticks of `TickClock`.
    public var ticks: UInt64 = 0
    /// The part of `ticks` that the thread slept in waits.
    public var waitTicks: UInt64 = 0

    public init() {}

    public static func += (sum: inout CallCount, part: CallCount) {
        sum.calls &+= part.calls
        sum.errors &+= part.errors
        sum.ticks &+= part.ticks
        sum.waitTicks &+= part.waitTicks
    }
}

/// The counters of one guest thread, one entry for each row of the call table.
public final class CallCounters: @unchecked Sendable {
    // Safe to share: one writer; each field is a word that is stored and loaded whole.
    /// A cache line with the total and one bit for each row that is in use; then `width` words a row: calls, errors,
    /// ticks, wait ticks.
    @usableFromInline let words: UnsafeMutablePointer<UInt64>
    @usableFromInline static let head = 8
    private static let rows = CallTable.all.count
    @usableFromInline static let width = 4
    private static let size = head + rows * width

    public init() {
        words = .allocate(capacity: Self.size)
        words.initialize(repeating: 0, count: Self.size)
    }

    deinit { words.deallocate() }

    /// Counts one finished call; guest thread only.
    @inlinable @inline(__always)
    public func add(call: Int, failed: Bool, ticks: UInt64, waitTicks: UInt64 = 0) {
        let entry = words + (Self.head &+ call &* Self.width)
        if entry[0] == 0 { markUsed(call) }
        cl_store_relaxed64(entry, entry[0] &+ 1)
        if failed { cl_store_relaxed64(entry + 1, entry[1] &+ 1) }
        cl_store_relaxed64(entry + 2, entry[2] &+ ticks)
        if waitTicks != 0 { cl_store_relaxed64(entry + 3, entry[3] &+ waitTicks) }
        cl_store_release64(words, words[0] &+ 1)
    }

    @usableFromInline func markUsed(_ call: Int) {
        let word = words + 1 + call / 64
        cl_store_relaxed64(word, word.pointee | 1 << UInt64(call % 64))
    }

    /// All calls together; any thread. While this number stays the same, every count does.
    public var total: UInt64 { cl_load_acquire64(words) }

    /// The count of `call`; any thread.
    public subscript(call: CallID) -> CallCount { self[row: Int(call.rawValue)] }

    private subscript(row row: Int) -> CallCount {
        let entry = words + Self.head + row * Self.width
        var count = CallCount()
        count.calls = cl_load_relaxed64(entry)
        count.errors = cl_load_relaxed64(entry + 1)
        count.ticks = cl_load_relaxed64(entry + 2)
        count.waitTicks = cl_load_relaxed64(entry + 3)
        return count
    }

    /// Hands the count of each row that was used at least once to `body`; any thread.
    public func forEachUsed(_ body: (_ row: Int, CallCount) -> Void) {
        for word in 0..<(Self.rows + 63) / 64 {
            var bits = cl_load_relaxed64(words + 1 + word)
            while bits != 0 {
                let row = word * 64 + bits.trailingZeroBitCount
                bits &= bits &- 1
                body(row, self[row: row])
            }
        }
    }
}
