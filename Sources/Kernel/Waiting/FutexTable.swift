import CLinux
import WasixABI

/// Threads that wait for a word of guest memory to change, by its host address: one table for each address space.
/// Lock held for everything.
public final class FutexTable {
    private static let bucketCount = 256
    private let buckets: [WaitQueue] = (0..<bucketCount).map { _ in WaitQueue() }
    private let kernel: Kernel

    init(_ kernel: Kernel) { self.kernel = kernel }

    /// See `Kernel.assertLocked`.
    @inline(__always)
    private func assertLocked() { kernel.assertLocked() }

    /// The queue of the threads that wait for the word at `address`, and for other words with the same hash.
    @inline(__always)
    func bucket(_ address: UInt) -> WaitQueue {
        buckets[Int(truncatingIfNeeded: (address >> 2) ^ (address >> 12)) & (Self.bucketCount - 1)]
    }

    /// Waits while `*word == expected`. The comparison and the enqueueing are one step for `wake`, which takes the same
    /// lock. Lock released while asleep.
    /// - Returns: false when `deadline` passed, true when woken, when the word differs, and when interrupted.
    public func wait(
        _ word: UnsafeMutablePointer<UInt32>, expected: UInt32, until deadline: UInt64, _ thread: GuestThread
    ) -> Bool {
        assertLocked()
        guard cl_load_acquire32(word) == expected else { return true }
        guard deadline != 0 else { return false }
        let address = UInt(bitPattern: word)
        return thread.wait(in: bucket(address), address: address, until: deadline) != .timedOut
    }

    /// Wakes at most `limit` threads that wait for `word`, first come first served.
    /// - Returns: how many.
    public func wake(_ word: UnsafeMutableRawPointer, limit: Int) -> Int {
        assertLocked()
        let address = UInt(bitPattern: word)
        return bucket(address).wake(address: address, limit: limit)
    }
}
