import Trace
import WasixABI

/// The right to change the modules of a program while it runs: one thread has it at a time, and can make the others stop
/// until they have them too.
///
/// Every thread has instances of its own, so a function's address that one thread passes to another means something there
/// only after that one has caught up. Whoever changes the modules marks the other threads (`Interrupts.link`) and waits until
/// each has caught up, which it does when its call ends, or is asleep in a call, at whose end it will.
public final class LinkTurn: @unchecked Sendable {
    // Safe to share: everything under the kernel lock.
    private let kernel: Kernel
    private var owner: GuestThread?
    private var depth = 0
    private let waiters = WaitQueue()
    /// Threads that wait for others to have caught up.
    private let stoppers = WaitQueue()

    /// Nanoseconds for threads to come by. One that computes and makes no call meanwhile goes on without the change.
    private static let patience: UInt64 = 20_000_000

    init(_ kernel: Kernel) { self.kernel = kernel }

    /// Waits for the turn, which a thread may take again while it has it. No lock held.
    /// - Returns: false when the thread's process ends.
    public func take(_ thread: GuestThread) -> Bool {
        kernel.locked {
            guard thread.waitUndisturbed(in: waiters, { owner == nil || owner === thread }) else { return false }
            owner = thread
            depth += 1
            return true
        }
    }

    /// No lock held.
    public func giveBack(_ thread: GuestThread) {
        kernel.locked {
            assert(owner === thread)
            depth -= 1
            guard depth == 0 else { return }
            owner = nil
            waiters.wake(key: [])
        }
    }

    /// Has the other threads of the program catch up before they run the guest's code on. No lock held.
    public func stopOthers(_ thread: GuestThread) {
        kernel.locked {
            let others = thread.process.liveThreads.filter { $0 !== thread && $0.image === thread.image }
            guard !others.isEmpty else { return }
            for other in others { other.setInterrupt([.link, .linkNotice]) }
            let deadline = kernel.clock.now() + Self.patience
            _ = thread.waitUndisturbed(in: stoppers, until: deadline) { !others.contains(where: \.isBehindAndRuns) }
        }
    }

    /// A thread has caught up, or goes to sleep. Lock held.
    func noticeArrival() {
        kernel.assertLocked()
        stoppers.wake(key: [])
    }
}

extension GuestThread {
    /// Makes the modules that others have loaded known to this thread, when it was told to. On the thread; no lock held.
    public func catchUpWithLinking() {
        // Code that is left may be gone on with further out: there is a call then that catches up.
        guard !mustLeave else { return }
        _ = takeInterrupts([.link, .linkNotice])
        image.runner?.catchUp(self)
        kernel.locked { image.linkTurn.noticeArrival() }
    }

    /// It does not know of a change of the modules yet and may be running the guest's code. Lock held.
    fileprivate var isBehindAndRuns: Bool {
        pendingInterrupts.contains(.link) && hasBegun && !hasEnded && blockedSince == 0
    }
}
