import CLinux
import Trace

/// What others ask of the thread, which it does in the middle of a wait or between calls: to stop, to show its stack, to
/// tell that it has come by.
extension GuestThread {
    /// Serves requests to stop the thread or to show its stack, without the lock. The wait goes on afterwards: every
    /// waiter looks again after a wake-up.
    /// - Parameter since: `blockedSince` of the wait that a request may have interrupted; 0 before a wait.
    /// - Returns: whether the thread was stopped, and slept.
    @discardableResult
    func serveRequests(inWaitSince since: UInt64 = 0) -> Bool {
        var wasStopped = false
        while !pendingInterrupts.isDisjoint(with: .requests) {
            var requests = takeInterrupts(.requests)
            if requests.contains(.stop) {
                wasStopped = true
                waitQueue?._withUnsafeGuaranteedRef { leave($0) }
                while process.isStopped, !isEnding {
                    kernel.unlock()
                    _ = wakeWord.sleep(until: .max)
                    kernel.lock()
                }
                requests.remove(.stop)
            }
            if requests.contains(.linkNotice) {
                image.linkTurn.noticeArrival()
                requests.remove(.linkNotice)
            }
            guard !requests.isEmpty, let runner = image.runner else { continue }
            isServing = true
            kernel.unlock()
            runner.serve(requests, on: self)
            kernel.lock()
            isServing = false
            guard since != 0 else { continue }
            // To whoever looks, the wait that follows in the same call is the same wait.
            heldSince = since
            if stackTakenAt > since { stackWait = since }
            wakes &-= 1
            frame.pointee.waitTicks |= 1
        }
        return wasStopped
    }

    /// The thread stops in its wait: what comes meanwhile is for others, and it looks again when it goes on. A futex's
    /// wake-up that it has got already stays its own, because nothing can be looked at.
    private func leave(_ queue: WaitQueue) {
        if node.pointee.isQueued {
            queue.remove(node)
        } else {
            guard node.pointee.address == 0 else { return }
            queue.passOn(node)
        }
        wasStoppedInWait = true
    }

    /// Serves requests at the end of a call. No lock held.
    public func serveRequestsBetweenCalls() { kernel.locked { _ = serveRequests() } }

    /// Keeps the thread's stack for whoever looks. Called on the thread while it serves a request; no lock held.
    public func keepStack(_ frames: [GuestFrame]) {
        kernel.locked {
            stack = frames
            stackTakenAt = cl_monotonic_ns()
            stackWait = 0
        }
    }

    /// It has not served a request or taken a signal yet and is in no wait. Lock held.
    var isAskedWhileItRuns: Bool {
        kernel.assertLocked()
        guard blockedSince == 0, !isServing else { return false }
        return isToBePaused || !pendingInterrupts.isDisjoint(with: [.stop, .stack, .signal, .quietSignal])
    }

    /// Nanoseconds that a wait must have lasted before its stack is worth a look, and between two looks at a thread that
    /// runs.
    private static let waitWorthALook: UInt64 = 100_000_000
    private static let betweenLooks: UInt64 = 500_000_000

    /// Asks for the stack when what is known is not of the present. Lock held.
    /// - Returns: whether it was asked for.
    func askForStack(at now: UInt64) -> Bool {
        kernel.assertLocked()
        // Asked once more while it serves, it would wake again, and its wait would seem to begin anew.
        guard !hasEnded, hostThread != 0, !isServing, !pendingInterrupts.contains(.stack) else { return false }
        let isOld =
            if blockedSince != 0 {
                stackWait != blockedSince && now > blockedSince &+ Self.waitWorthALook
            } else if pausedAt != nil {
                stackTakenAt < pausedSince
            } else {
                now > stackTakenAt &+ Self.betweenLooks
            }
        guard isOld else { return false }
        interrupt(.stack)
        return true
    }
}
