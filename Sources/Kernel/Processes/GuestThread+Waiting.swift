import CLinux
import Glibc
import Trace
import WasixABI

/// Waiting. Lock held for everything, released while asleep (article Waiting).
extension GuestThread {
    /// Sleeps until woken, interrupted or `deadline` (nanoseconds of the guest's clock). For a thread that is in no queue,
    /// or in queues whose wake-ups it does not use up (`PollSet`). An exclusive waiter calls `wait`.
    func park(until deadline: UInt64) -> WaitEnd {
        kernel.assertLocked()
        let wasStopped = serveRequests()
        guard !isInterrupted else { return .interrupted }
        // What it is to wait for may have come meanwhile.
        guard !wasStopped else { return .woken }
        beginBlocked(until: deadline)
        let hostDeadline = kernel.clock.hostTime(of: deadline)
        kernel.unlock()
        let wasWoken = wakeWord.sleep(until: hostDeadline, &spin)
        kernel.lock()
        let since = endBlocked()
        serveRequests(inWaitSince: since)
        if isInterrupted { return .interrupted }
        return wasWoken ? .woken : .timedOut
    }

    /// Waits for one wake-up of `queue` that concerns `key`. All exclusive waiters go through here, so that no wake-up
    /// gets lost: a thread that a wake-up has chosen looks again, even when its time is up or a signal came at the same
    /// moment (Linux: prepare_to_wait_event, ep_poll). A thread that cannot look, because its process ends, passes the
    /// wake-up on.
    /// - Parameters:
    ///   - isExclusive: a wake-up with a key wakes only the first exclusive waiter.
    ///   - address: what a wake-up of a futex queue must name.
    func wait(
        in queue: WaitQueue, key: EpollEvents = [], isExclusive: Bool = true, address: UInt = 0,
        until deadline: UInt64
    ) -> WaitEnd {
        node.pointee.key = key
        node.pointee.isExclusive = isExclusive
        node.pointee.address = address
        queue.append(node)
        waitQueue = .passUnretained(queue)
        wasStoppedInWait = false
        defer { waitQueue = nil }
        // A thread that was woken without being chosen has served a request: its wait goes on.
        var end = park(until: deadline)
        while end == .woken, node.pointee.isQueued { end = park(until: deadline) }
        guard !node.pointee.isQueued else {
            queue.remove(node)
            return end
        }
        guard isEnding, !wasStoppedInWait else {
            if waker != 0 {
                ChangeLog.current?.add(.wokenBy(waker))
                waker = 0
            }
            return .woken
        }
        queue.passOn(node)
        return .interrupted
    }

    /// Waits in `queue` until `isThere` holds. Signals, which would end each wait at once, are taken afterwards.
    /// - Returns: false when the thread's process ends first, or at `deadline`.
    func waitUndisturbed(in queue: WaitQueue, until deadline: UInt64 = .max, _ isThere: () -> Bool) -> Bool {
        kernel.assertLocked()
        var signals: Interrupts = []
        defer { if !signals.isEmpty { interrupt(signals) } }
        while !isThere() {
            guard !isEnding else { return false }
            signals.formUnion(takeInterrupts(.signals))
            if wait(in: queue, isExclusive: false, until: deadline) == .timedOut { return isThere() }
        }
        return true
    }

    /// Sleeps until `deadline`. Only an interrupt ends it early, no other wake-up.
    public func sleep(until deadline: UInt64) -> WaitEnd {
        while true {
            let end = park(until: deadline)
            if end != .woken { return end }
        }
    }

    /// Runs a wait on host descriptors that an interrupt can end. What the host answered counts even when an interrupt
    /// came at the same moment: the host reports an edge only once.
    /// - Parameter body: entered without the lock; must wait with `cl_wait_poll`, `cl_wait_epoll` or `cl_wait_connect`.
    /// - Returns: what the host answered; -EINTR also for a wake-up that came late and means nothing any more.
    func hostWait(until deadline: UInt64, _ body: (_ timeout: UInt64) -> Int32) -> Int32 {
        kernel.assertLocked()
        let wasStopped = serveRequests()
        guard !isInterrupted, !wasStopped else { return -EINTR }
        isInHostWait = true
        beginBlocked(until: deadline)
        let hostDeadline = kernel.clock.hostTime(of: deadline)
        kernel.unlock()
        let answer = body(Self.timeout(until: hostDeadline))
        kernel.lock()
        isInHostWait = false
        let since = endBlocked()
        serveRequests(inWaitSince: since)
        return answer
    }

    /// What `hostWait` came to, for a caller that asks the host again: descriptors that are ready win over a signal.
    func end(ofHostWait answer: Int32) -> WaitEnd {
        if answer > 0, !isEnding { return .woken }
        if isInterrupted { return .interrupted }
        return answer == 0 ? .timedOut : .woken
    }

    /// Nanoseconds left until `deadline` of the host's clock; all ones for no deadline.
    private static func timeout(until deadline: UInt64) -> UInt64 {
        guard deadline != .max else { return .max }
        guard deadline != 0 else { return 0 }
        let now = cl_monotonic_ns()
        return deadline > now ? deadline - now : 0
    }

    private func beginBlocked(until deadline: UInt64) {
        blockedUntil = deadline
        defer { if mayStep { kernel.settleClock() } }
        blockedSince = cl_monotonic_ns()
        if heldSince != 0 {
            // A call that has not waited before is another one.
            if frame.pointee.waitTicks != 0 { blockedSince = heldSince }
            heldSince = 0
        }
        guard let channelReference else { return }
        waitBegan = TickClock.now()
        channelReference._withUnsafeGuaranteedRef { $0.ring.announceNothing() }
    }

    /// - Returns: since when it waited.
    private func endBlocked() -> UInt64 {
        let since = blockedSince
        blockedSince = 0
        if mayStep { kernel.settleClock() }
        wakes &+= 1
        guard let channelReference else { return since }
        let now = TickClock.now()
        // At least 1, because 0 stands for a call that did not wait.
        frame.pointee.waitTicks &+= max(now &- waitBegan, 1)
        frame.pointee.lookupTick = now
        channelReference._withUnsafeGuaranteedRef { $0.ring.announce(now) }
        return since
    }
}
