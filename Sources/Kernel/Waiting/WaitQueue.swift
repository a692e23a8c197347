import Trace
import WasixABI

/// One thread's place in one wait queue. The memory belongs to the waiting thread, which takes the node out before it
/// goes on. Lock held for every access.
struct WaitNode {
    var thread: Unmanaged<GuestThread>
    /// The events that concern it; a wake-up with key 0 concerns everyone.
    var key: EpollEvents
    /// A wake-up with a key wakes only the first of the exclusive waiters that it concerns, and all waiters before it
    /// that are not exclusive.
    var isExclusive: Bool
    /// Whether it is in a queue. A wake-up that chooses the node takes it out.
    var isQueued = false
    /// The word that the thread waits for, in a queue of `FutexTable`; 0 elsewhere.
    var address: UInt = 0
    var previous: UnsafeMutablePointer<WaitNode>?
    var next: UnsafeMutablePointer<WaitNode>?
}

typealias WaitNodePointer = UnsafeMutablePointer<WaitNode>

/// Threads that wait for one thing, first come first served. Lock held for everything, which is asserted wherever a thread
/// is at hand: an empty queue knows no kernel.
///
/// A class, so that no access to it spans a sleep: the queue changes while its waiters are asleep.
final class WaitQueue {
    private(set) var head: WaitNodePointer?
    private var tail: WaitNodePointer?

    @inline(__always)
    var isEmpty: Bool { head == nil }

    /// Stops the program, in debug builds, when the calling thread does not hold the lock of the node's kernel.
    @inline(__always)
    private func assertLocked(_ node: WaitNodePointer) {
        #if DEBUG
            node.pointee.thread._withUnsafeGuaranteedRef { $0.kernel.assertLocked() }
        #endif
    }

    func append(_ node: WaitNodePointer) {
        assertLocked(node)
        node.pointee.isQueued = true
        node.pointee.previous = tail
        node.pointee.next = nil
        if let tail { tail.pointee.next = node } else { head = node }
        tail = node
    }

    /// For waiters that are not exclusive: before all that are, so that every wake-up reaches them (Linux: add_wait_queue).
    func prepend(_ node: WaitNodePointer) {
        assertLocked(node)
        node.pointee.isQueued = true
        node.pointee.previous = nil
        node.pointee.next = head
        if let head { head.pointee.previous = node } else { tail = node }
        head = node
    }

    func remove(_ node: WaitNodePointer) {
        assertLocked(node)
        guard node.pointee.isQueued else { return }
        node.pointee.isQueued = false
        let previous = node.pointee.previous
        let next = node.pointee.next
        if let previous { previous.pointee.next = next } else { head = next }
        if let next { next.pointee.previous = previous } else { tail = previous }
    }

    /// Takes `node` out and wakes its thread: it is chosen.
    private func choose(_ node: WaitNodePointer) {
        remove(node)
        node.pointee.thread._withUnsafeGuaranteedRef { thread in
            let log = ChangeLog.current
            log?.add(.woke(thread.id.rawValue))
            thread.waker = log?.owner ?? 0
            thread.wake()
        }
    }

    /// Wakes the waiters that `key` concerns, up to and including the first exclusive one. An empty key wakes all.
    func wake(key: EpollEvents) {
        var current = head
        while let node = current {
            current = node.pointee.next
            guard key.isEmpty || !key.isDisjoint(with: node.pointee.key) else { continue }
            let wasExclusive = node.pointee.isExclusive
            choose(node)
            if wasExclusive && !key.isEmpty { return }
        }
    }

    /// Wakes the first `limit` of those that wait for `address`.
    /// - Returns: how many.
    func wake(address: UInt, limit: Int) -> Int {
        var woken = 0
        var current = head
        while let node = current, woken < limit {
            current = node.pointee.next
            guard node.pointee.address == address else { continue }
            choose(node)
            woken += 1
        }
        return woken
    }

    /// Gives the wake-up that `node` was chosen for to the next waiter, because the node's thread leaves without
    /// looking.
    func passOn(_ node: WaitNodePointer) {
        if node.pointee.address != 0 {
            _ = wake(address: node.pointee.address, limit: 1)
        } else if node.pointee.isExclusive {
            wake(key: node.pointee.key)
        }
    }
}
