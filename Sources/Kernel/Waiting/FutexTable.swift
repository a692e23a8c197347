import CLinux
import Trace
import WasixABI

/// Threads that wait for a word of guest memory to change, by its host address: one table for each address space.
/// Lock held for everything.
public final class FutexTable {
    private static let bucketCount = 256
    private let buckets: [WaitQueue] = (0..<bucketCount).map { _ in WaitQueue() }
    private let kernel: Kernel
    /// What is known of words by their addresses; only while somebody listens.
    private var history: [UInt: WordHistory] = [:]
    private static let mostWords = 4096

    init(_ kernel: Kernel) { self.kernel = kernel }

    /// See `Kernel.assertLocked`.
    @inline(__always)
    private func assertLocked() { kernel.assertLocked() }

    /// The queue of the threads that wait for the word at `address`, and for other words with the same hash.
    @inline(__always)
    func bucket(_ address: UInt) -> WaitQueue {
        buckets[Int(truncatingIfNeeded: (address >> 2) ^ (address >> 12)) & (Self.bucketCount - 1)]
    }

    /// How a wait for a word to change ended.
    public enum End {
        /// Somebody woke the thread.
        case woken
        /// The word differs from what was expected: at the beginning, or after the thread was stopped in the wait.
        case differs
        case timedOut
        case interrupted
    }

    /// Waits while `word` has the expected value. The comparison and the enqueueing are one step for `wake`, which takes the
    /// same lock. Lock released while asleep.
    public func wait(
        _ word: UnsafeMutableRawPointer, _ expected: FutexValue, until deadline: UInt64, _ thread: GuestThread
    ) -> End {
        assertLocked()
        guard expected.isAt(word) else { return .differs }
        guard deadline != 0 else { return .timedOut }
        let address = UInt(bitPattern: word)
        if kernel.isObserved { thread.missedWake = noteWait(address, expected.low) }
        defer { if kernel.isObserved { thread.missedWake = nil } }
        while true {
            switch thread.wait(in: bucket(address), address: address, until: deadline) {
            case .timedOut: return .timedOut
            case .interrupted: return .interrupted
            case .woken:
                guard thread.wasStoppedInWait else { return .woken }
                guard expected.isAt(word) else { return .differs }
            }
        }
    }

    /// Wakes at most `limit` threads that wait for `word`, first come first served. `waker` is the thread that does it, where
    /// it is one of the guest's.
    /// - Returns: how many.
    public func wake(_ word: UnsafeMutableRawPointer, limit: Int, by waker: GuestThread? = nil) -> Int {
        assertLocked()
        let address = UInt(bitPattern: word)
        let woken = bucket(address).wake(address: address, limit: limit)
        if kernel.isObserved, let waker {
            noteWake(address, cl_load_acquire32(word.assumingMemoryBound(to: UInt32.self)), woken, waker)
        }
        return woken
    }

    // MARK: wake-ups that came too early

    private struct WordHistory {
        /// Its value at the last wait or wake.
        var value: UInt32
        /// The last wake-up, if it found nobody and the word had not changed since the call before.
        var emptyWake: MissedWake?
    }

    /// Nanoseconds between a wake-up that found nobody and the wait that it was meant for.
    private static let justBefore: UInt64 = 50_000_000

    private func noteWake(_ address: UInt, _ value: UInt32, _ woken: Int, _ waker: GuestThread) {
        if history.count >= Self.mostWords { history.removeAll() }
        let before = history[address]
        let isUnchanged = before?.value == value && woken == 0
        let empty = isUnchanged ? MissedWake(thread: waker.id, at: cl_monotonic_ns()) : nil
        history[address] = WordHistory(value: value, emptyWake: empty)
    }

    /// - Returns: the wake-up that this wait has missed: it came just before, and the word was the same all the time.
    private func noteWait(_ address: UInt, _ expected: UInt32) -> MissedWake? {
        if history.count >= Self.mostWords { history.removeAll() }
        let before = history.updateValue(WordHistory(value: expected), forKey: address)
        guard let wake = before?.emptyWake, before?.value == expected, cl_monotonic_ns() &- wake.at <= Self.justBefore
        else { return nil }
        return wake
    }
}

/// What a word of memory holds while a thread waits for it to change.
public enum FutexValue {
    case u32(UInt32)
    case u64(UInt64)

    /// Bytes of the word.
    public var size: UInt64 {
        switch self {
        case .u32: 4
        case .u64: 8
        }
    }

    @inline(__always)
    func isAt(_ word: UnsafeMutableRawPointer) -> Bool {
        switch self {
        case .u32(let value): cl_load_acquire32(word.assumingMemoryBound(to: UInt32.self)) == value
        case .u64(let value): cl_load_acquire64(word.assumingMemoryBound(to: UInt64.self)) == value
        }
    }

    /// The 32 bits at the word's address.
    var low: UInt32 {
        switch self {
        case .u32(let value): value
        case .u64(let value): UInt32(truncatingIfNeeded: value)
        }
    }
}
