import CLinux
import Glibc

/// A word that is set once and waited for.
package final class Latch: @unchecked Sendable {
    // Safe to share: one atomic word.
    private let word: UnsafeMutablePointer<UInt32>

    package init() {
        word = .allocate(capacity: 1)
        word.initialize(to: 0)
    }

    deinit { word.deallocate() }

    /// Wakes everybody who waits. Any thread.
    package func set() {
        cl_store_release32(word, 1)
        cl_futex_wake(word, UInt32(Int32.max))
    }

    /// Returns when it is set, or at `deadline` (CLOCK_MONOTONIC nanoseconds).
    package func wait(until deadline: UInt64) {
        while cl_load_acquire32(word) == 0, cl_futex_wait(word, 0, deadline) != ETIMEDOUT {}
    }
}
