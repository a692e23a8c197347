import CLinux
import WasixABI

/// Threads that wait for a word of guest memory to change, by its host address: one table for each address space.
/// Lock held for everything.
public final class FutexTable {
    private static let bucketCount = 256
    private let buckets: [WaitQueue] = (0..<bucketCount).map { _ in WaitQueue() }

    public init() {}

    @inline(__always)
    private func bucket(_ address: UInt) -> WaitQueue {
        buckets[Int(truncatingIfNeeded: (address >> 2) ^ (address >> 12)) & (Self.bucketCount - 1)]
    }

    /// Waits while `*word == expected`. The comparison and the enqueueing are one step for `wake`, which takes the same
    /// lock. Lock released while asleep.
    /// - Returns: false when `deadline` passed, true when woken, when the word differs, and when interrupted.
    public func wait(
        _ word: UnsafeMutablePointer<UInt32>, expected: UInt32, until deadline: UInt64, _ thread: GuestThread
    ) -> Bool {
        guard cl_load_acquire32(word) == expected else { return true }
        guard deadline != 0 else { return false }
        let address = UInt(bitPattern: word)
        let queue = bucket(address)
        let node = thread.node
        node.pointee.address = address
        queue.append(node)
        while node.pointee.isQueued {
            switch thread.park(until: deadline) {
            case .woken: continue
            case .interrupted:
                queue.remove(node)
                return true
            case .timedOut:
                let wasQueued = node.pointee.isQueued
                queue.remove(node)
                return !wasQueued
            }
        }
        return true
    }

    /// Wakes at most `limit` threads that wait for `word`, first come first served.
    /// - Returns: how many.
    public func wake(_ word: UnsafeMutableRawPointer, limit: Int) -> Int {
        let address = UInt(bitPattern: word)
        let queue = bucket(address)
        var woken = 0
        var current = queue.head
        while let node = current, woken < limit {
            current = node.pointee.next
            guard node.pointee.address == address else { continue }
            queue.wake(node)
            woken += 1
        }
        return woken
    }

    /// The word that a thread waits for and how many others wait with it; for screens.
    public func waiterCount(_ address: UInt) -> Int {
        var count = 0
        var current = bucket(address).head
        while let node = current {
            if node.pointee.address == address { count += 1 }
            current = node.pointee.next
        }
        return count
    }
}
