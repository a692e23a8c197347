import Trace
import WasixABI

/// What wakes an instance, and what a wait takes from it: `epoll_wait`. Lock held for everything.
extension Epoll {
    // MARK: wake-ups

    /// The wake-up callback of a watched object: something that `key` concerns may have changed (Linux: ep_poll_callback).
    @inline(__always)
    func wakeUpCallback(_ item: ItemPointer, key: EpollEvents) {
        guard enqueue(item, key: key) else { return }
        wakeWaiter()
    }

    /// The first half of a wake-up: the item is on the ready list now. False when the wake-up does not concern it.
    @inline(__always)
    func enqueue(_ item: ItemPointer, key: EpollEvents) -> Bool {
        assertLocked()
        guard item.pointee.concerns(key) else { return false }
        countEdge(item, key)
        if !item.pointee.isReady { ready.append(item) }
        return true
    }

    /// There is something new of the registration, of which `key` tells; who makes it notes that.
    @inline(__always)
    func countEdge(_ item: ItemPointer, _ key: EpollEvents) {
        item.pointee.edges &+= 1
        if let log = ChangeLog.current { note(item, key, in: log) }
    }

    @inline(never)
    private func note(_ item: ItemPointer, _ key: EpollEvents, in log: ChangeLog) {
        var change = ReadinessChange()
        change.instance = id.rawValue
        change.object = item.pointee.file._withUnsafeGuaranteedRef { $0.id.rawValue }
        change.fd = item.pointee.fd
        change.edge = UInt32(truncatingIfNeeded: item.pointee.edges)
        change.events = (key.isEmpty ? item.pointee.mask : key.intersection(item.pointee.mask)).rawValue
        if isHearingHost { change.events |= ReadinessChange.hostBit }
        log.add(change)
    }

    /// There is something to look at: one waiter, and whoever watches this instance.
    @inline(__always)
    func wakeWaiter() {
        wakeOneThread()
        if watchers != nil { notifyWatchers(.in) }
    }

    @inline(__always)
    private func wakeOneThread() {
        if !waiters.isEmpty { waiters.wake(key: .in) }
        if hostWaiters > 0, let notifier { kernel.wakeups.ring(notifier.doorbell) }
    }

    /// A waiter leaves while there is more to take: the next one must not sleep on it.
    private func wakeNextWaiter() {
        if !ready.isEmpty { wakeOneThread() }
    }

    // MARK: delivery

    /// One pass over the ready list: at most `limit` records into `output`.
    /// - Parameter witness: hears of each item that is taken off the list.
    @inline(__always)
    func deliver<Witness: DeliveryWitness>(
        into output: UnsafeMutablePointer<DeliveredEvent>, limit: Int, _ witness: Witness
    ) -> Int {
        assertLocked()
        defer { expireCache() }
        guard let last = ready.tail else { return 0 }
        var count = 0
        var relisted = 0
        while count < limit, let item = ready.head {
            ready.remove(item)
            let now = item.pointee.file._withUnsafeGuaranteedRef { $0.readiness(for: item) }
            let events = now.intersection(item.pointee.mask)
            if !events.isEmpty, item.pointee.isArmed {
                witness.reports(item, now)
                output[count] = DeliveredEvent(
                    events: events, data: item.pointee.echo, fd: item.pointee.fd, edge: item.pointee.newEdge)
                count += 1
                noteReport(item, events)
                if item.pointee.isOneShot {
                    item.pointee.isArmed = false
                } else if !item.pointee.isEdge, !item.pointee.isReady {
                    // `readiness` of an inner instance may have put the item on the list again already.
                    ready.append(item)
                    relisted += 1
                }
            } else {
                witness.drops(item, now)
            }
            if item == last { break }
        }
        if count == limit, ready.count - relisted >= Self.crowd * limit { crowdedWaits &+= 1 }
        eventsDelivered &+= UInt64(count)
        return count
    }

    /// The readiness cache of this pass is over: the objects may change from here on.
    @inline(__always)
    func expireCache() { pass &+= 1 }

    @inline(__always)
    private func noteReport(_ item: ItemPointer, _ events: EpollEvents) {
        item.pointee.reports &+= 1
        item.pointee.reportedEdge = item.pointee.edges
        item.pointee.reportedPass = pass
        item.pointee.lastReported = events
        if kernel.isObserved { item.pointee.lastReportedAt = TickClock.now() }
    }

    /// `epoll_wait`: takes what is ready, and waits for the first event until `deadline` (of the guest's clock;
    /// 0 does not wait). Lock held, released while asleep.
    /// - Returns: the number of events in `output`, 0 past the deadline; INTR when the thread must leave the call.
    public func wait(
        into output: UnsafeMutablePointer<DeliveredEvent>, limit: Int, until deadline: UInt64, _ thread: GuestThread
    ) -> IoResult {
        assertLocked()
        waits &+= 1
        var wait = WaitInProgress(number: waits, deadline: deadline, isLastLook: deadline == 0)
        hold()
        defer { release() }
        while true {
            let count =
                kernel.keepsDecisions
                ? recordedLook(into: output, limit: limit, wait, thread) : look(into: output, limit: limit, wait)
            if count > 0 {
                wakeNextWaiter()
                return .done(count)
            }
            if wait.isInterrupted {
                interruptions &+= 1
                return .failed(.intr)
            }
            if wait.isLastLook {
                timeouts &+= 1
                return .done(0)
            }
            wait.looks &+= 1
            wait.isToDrain = notifier == nil
            switch block(until: deadline, thread) {
            case .woken: continue
            case .timedOut:
                wait.isLastLook = true
                wait.isToDrain = true
            case .interrupted:
                // Events win over a signal; a thread whose process ends leaves them to others (Linux: ep_poll,
                // ep_send_events).
                guard thread.isEnding else {
                    wait.isInterrupted = true
                    wait.isLastLook = true
                    continue
                }
                interruptions &+= 1
                wakeNextWaiter()
                return .failed(.intr)
            }
        }
    }

    /// One look of a wait: takes what is ready.
    @inline(__always)
    private func look(
        into output: UnsafeMutablePointer<DeliveredEvent>, limit: Int, _ wait: WaitInProgress
    ) -> Int {
        if let notifier, wait.isToDrain { collect(from: notifier, mayWait: !wait.isLastLook, NoWitness()) }
        let pass = pass
        let count = deliver(into: output, limit: limit, NoWitness())
        if count > 0 || wait.isLastLook, let log = ChangeLog.current {
            notePassedOver(in: log, look: pass, isFull: count == limit, nil)
        }
        return count
    }

    /// Before a pass: drops what is certainly idle from the head of the ready list, and drains the notifier into the
    /// list. When the list is empty and the wait may sleep, the notifier is not drained: the thread goes to sleep in it
    /// at once, and that one host call reports the same.
    @inline(__always)
    func collect<Witness: DeliveryWitness>(from notifier: Notifier, mayWait: Bool, _ witness: Witness) {
        while let item = ready.head, item.pointee.file._withUnsafeGuaranteedRef({ $0.isCertainlyIdle(for: item) }) {
            ready.remove(item)
            witness.drops(item, [])
        }
        if !mayWait || !ready.isEmpty { drain(notifier, wakes: false) }
    }

    private func block(until deadline: UInt64, _ thread: GuestThread) -> WaitEnd {
        if kernel.isObserved { blockedThreads.append(thread.id) }
        defer { if kernel.isObserved { blockedThreads.removeAll { $0 == thread.id } } }
        return notifier == nil
            ? thread.wait(in: waiters, key: .in, until: deadline) : waitInNotifier(until: deadline, thread)
    }

    /// Threads asleep in a wait on this instance.
    var waitingThreads: [ThreadID] { blockedThreads.sorted() }

    var readyCount: Int { ready.count }
}

extension InterestItem {
    /// The low half of how many edges there were, if one has not been reported yet; else 0.
    @inline(__always)
    var newEdge: UInt32 { edges != reportedEdge ? UInt32(truncatingIfNeeded: edges) : 0 }

    /// The data members of a report: as stored, or arranged so that libc hands all 64 bits to its caller.
    @inline(__always)
    var echo: EpollData {
        echoesData2Only ? EpollData(pointer: 0, fd: 0, data1: 0, data2: data.data2) : data
    }
}
