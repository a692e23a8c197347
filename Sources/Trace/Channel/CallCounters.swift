import CLinux
import WasixABI

/// Exact counts of one call on one thread. Written by the guest thread alone, read by anyone.
public struct CallCount: Sendable, Equatable {
    public var calls: UInt64 = 0
    public var errors: UInt64 = 0
    /// Wall time in ticks of `TickClock`.
    public var ticks: UInt64 = 0
    /// The part of it that the thread slept in waits.
    public var waitTicks: UInt64 = 0

    public init() {}
}

/// The counters of one guest thread, one entry for each row of the call table.
public final class CallCounters: @unchecked Sendable {
    // Safe to share: one writer; each field is a word that is stored and loaded whole.
    @usableFromInline let words: UnsafeMutablePointer<UInt64>
    private static let rows = CallTable.all.count
    @usableFromInline static let width = 4

    public init() {
        words = .allocate(capacity: Self.rows * Self.width)
        words.initialize(repeating: 0, count: Self.rows * Self.width)
    }

    deinit { words.deallocate() }

    /// Counts one finished call; guest thread only.
    @inlinable @inline(__always)
    public func add(call: Int, failed: Bool, ticks: UInt64, waitTicks: UInt64 = 0) {
        let entry = words + call &* Self.width
        cl_store_relaxed64(entry, entry[0] &+ 1)
        if failed { cl_store_relaxed64(entry + 1, entry[1] &+ 1) }
        cl_store_relaxed64(entry + 2, entry[2] &+ ticks)
        if waitTicks != 0 { cl_store_relaxed64(entry + 3, entry[3] &+ waitTicks) }
    }

    /// All calls together; any thread.
    public var total: UInt64 {
        var sum: UInt64 = 0
        for row in 0..<Self.rows { sum &+= cl_load_relaxed64(words + row * Self.width) }
        return sum
    }

    /// The count of `call`; any thread.
    public subscript(call: CallID) -> CallCount {
        let entry = words + Int(call.rawValue) * Self.width
        var count = CallCount()
        count.calls = cl_load_relaxed64(entry)
        count.errors = cl_load_relaxed64(entry + 1)
        count.ticks = cl_load_relaxed64(entry + 2)
        count.waitTicks = cl_load_relaxed64(entry + 3)
        return count
    }
}
