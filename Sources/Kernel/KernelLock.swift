import CLinux
import Glibc

/// A lock, such as the kernel's: one word, and in debug builds who holds it.
@usableFromInline
struct KernelLock: @unchecked Sendable {
    // Safe to share: every access to the words is atomic.
    @usableFromInline let word: UnsafeMutablePointer<UInt32>
    #if DEBUG
        /// The thread that holds the lock, 0 for none. Written by the holder; others compare it with themselves.
        @usableFromInline let owner: UnsafeMutablePointer<UInt64>
    #endif

    init() {
        word = .allocate(capacity: 1)
        word.initialize(to: 0)
        #if DEBUG
            owner = .allocate(capacity: 1)
            owner.initialize(to: 0)
        #endif
    }

    func deallocate() {
        word.deallocate()
        #if DEBUG
            owner.deallocate()
        #endif
    }

    @inlinable @inline(__always)
    func take() {
        cl_lock(word)
        #if DEBUG
            cl_store_relaxed64(owner, UInt64(pthread_self()))
        #endif
    }

    @inlinable @inline(__always)
    func letGo() {
        #if DEBUG
            cl_store_relaxed64(owner, 0)
        #endif
        cl_unlock(word)
    }

    /// Stops the program, in debug builds, when the calling thread does not hold the lock.
    @inlinable @inline(__always)
    func assertHeld() {
        #if DEBUG
            precondition(
                cl_load_relaxed64(owner) == UInt64(pthread_self()), "the kernel lock is not held by this thread")
        #endif
    }
}
