import CLinux
import Glibc
import WasixABI

/// What an instance does with its notifier. Lock held for everything.
extension Epoll {
    // MARK: registrations

    /// Tells the notifier of a registration of `file` that is new or has changed its mask. Each registration is
    /// registered with the host by itself and with its own mask, so that every edge belongs to one registration. The
    /// host knows registrations by descriptor, so the second registration of one description gets a duplicate
    /// descriptor.
    ///
    /// A mask with IN is registered with RDHUP and PRI as well: without them a short read could not be told from the
    /// end of the stream, or from one that stops at urgent data. They come with an IN edge in any case, so they cost
    /// nothing. A mask without IN does not get them, because arriving data would then wake it (Linux:
    /// sock_def_readable).
    /// - Throws: NOMEM when the host has no descriptor left; the host's reason.
    func register(_ file: HostBacked, _ item: ItemPointer) throws(Errno) {
        let mask = item.pointee.mask
        let events = mask.contains(.in) ? mask.union([.rdhup, .pri]) : mask
        try withNotifier { notifier throws(Errno) in
            guard item.pointee.notifierID == 0 else {
                return try notifier.modify(item.pointee.hostFd, item.pointee.notifierID, events)
            }
            let hostFd = isTaken(file) ? duplicate(of: file) : file.hostFd
            guard hostFd >= 0 else { throw .nomem }
            let id = kernel.notifierTargets.add(item)
            do throws(Errno) {
                try notifier.register(hostFd, id, events)
            } catch {
                kernel.notifierTargets.remove(item: id)
                if hostFd != file.hostFd { close(hostFd) }
                throw error
            }
            item.pointee.notifierID = id
            item.pointee.hostFd = hostFd
        }
    }

    /// A second host descriptor of `file`; negative when the host has none left.
    private func duplicate(of file: HostBacked) -> Int32 {
        Int32(HostCall.answer(.epollCreate) { fcntl(file.hostFd, F_DUPFD_CLOEXEC, 0) })
    }

    /// Whether the description's own host descriptor is registered with the notifier already.
    private func isTaken(_ file: HostBacked) -> Bool {
        var current = file.watchers
        while let item = current {
            if item.pointee.isIn(self), item.pointee.hostFd == file.hostFd { return true }
            current = item.pointee.nextWatcher
        }
        return false
    }

    /// Takes a registration that ends out of the notifier, and closes its duplicate descriptor if it has one.
    func deregister(_ file: HostBacked, _ item: ItemPointer) {
        assertLocked()
        guard let notifier, item.pointee.notifierID != 0 else { return }
        kernel.notifierTargets.remove(item: item.pointee.notifierID)
        notifier.deregister(item.pointee.hostFd)
        if item.pointee.hostFd != file.hostFd { close(item.pointee.hostFd) }
    }

    /// Runs `body` with the notifier, which is made when there is none yet.
    /// - Throws: NOMEM when it cannot be made; what `body` throws.
    func withNotifier(_ body: (Notifier) throws(Errno) -> Void) throws(Errno) {
        assertLocked()
        if let notifier { return try body(notifier) }
        guard let made = Notifier() else { throw .nomem }
        notifier = made
        do throws(Errno) {
            try registerWithWatchers()
        } catch {
            // An instance that watches this one would miss the notifier's events: this one stays without a notifier.
            deregisterFromWatchers(made)
            notifier = nil
            throw error
        }
        // Threads that wait in `waiters` must now wait in the notifier instead.
        waiters.wake(key: [])
        try body(made)
    }

    /// Registers the new notifier with the notifiers of the instances that watch this one.
    private func registerWithWatchers() throws(Errno) {
        var current = watchers
        while let item = current {
            try watchChanged(item)
            current = item.pointee.nextWatcher
        }
    }

    private func deregisterFromWatchers(_ notifier: Notifier) {
        var current = watchers
        while let item = current {
            item.pointee.epoll._withUnsafeGuaranteedRef { $0.notifier?.deregister(notifier, notifierID) }
            current = item.pointee.nextWatcher
        }
    }

    // MARK: events

    /// Takes what the notifier has without waiting, up to `batches` host calls of a fraction of a microsecond. Lock held.
    /// - Parameter wakes: wake this instance's own waiters; not needed by a thread that is about to deliver itself.
    /// - Returns: whether there may be more.
    @discardableResult
    func drain(_ notifier: Notifier, wakes: Bool, batches: Int = 64) -> Bool {
        assertLocked()
        let isMore = withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Notifier.batch) { buffer in
            var count = Notifier.batch
            var rounds = 0
            while count == Notifier.batch, rounds < batches {
                let time = kernel.hostCallClock
                count = Int(epoll_wait(notifier.hostEpoll, buffer.baseAddress!, Int32(Notifier.batch), 0))
                dispatch(UnsafeBufferPointer(rebasing: buffer.prefix(max(0, count))), askedAt: time, wakes: wakes)
                rounds += 1
            }
            return count == Notifier.batch
        }
        guard wakes else { return isMore }
        // Nobody delivers right now: a later pass must ask again.
        expireCache()
        // The doorbell's edge may have been among the events taken, and was meant for a thread that sleeps in the
        // notifier.
        if hostWaiters > 0, !ready.isEmpty { kernel.wakeups.ring(notifier.doorbell) }
        return isMore
    }

    /// Blocks in the notifier until an event comes, and dispatches all there are. Lock held, released while waiting.
    func waitInNotifier(until deadline: UInt64, _ thread: GuestThread) -> WaitEnd {
        assertLocked()
        guard let notifier else { return .woken }
        return withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Notifier.batch) { buffer in
            let time = kernel.hostCallClock
            hostWaiters += 1
            let answer = thread.hostWait(until: deadline) { timeout in
                cl_wait_epoll(notifier.hostEpoll, buffer.baseAddress!, Int32(Notifier.batch), timeout)
            }
            hostWaiters -= 1
            // Edges are told once: they are dispatched also by a thread that must leave.
            let count = max(0, Int(answer))
            dispatch(UnsafeBufferPointer(rebasing: buffer.prefix(count)), askedAt: time, wakes: false)
            if count == Notifier.batch { drain(notifier, wakes: false) }
            return thread.end(ofHostWait: answer)
        }
    }

    /// What the notifier reported becomes wake-ups of the registrations it concerns.
    /// - Parameters:
    ///   - time: `Kernel.hostCallClock` before the host was asked: calls that ended since then may have overtaken it.
    ///   - wakes: wake this instance's own waiters.
    func dispatch(_ events: UnsafeBufferPointer<epoll_event>, askedAt time: UInt64, wakes: Bool) {
        assertLocked()
        for event in events {
            let id = event.data.u64
            if let item = kernel.notifierTargets.item(id) {
                edge(item, HostPoll.wireEvents(event.events), askedAt: time, wakes: wakes)
            } else if let inner = kernel.notifierTargets.epoll(id) {
                inner._withUnsafeGuaranteedRef { inner in
                    if let notifier = inner.notifier { inner.drain(notifier, wakes: true) }
                }
            }
        }
    }

    /// The host saw an edge of `item`, and what the object was ready for then.
    private func edge(_ item: ItemPointer, _ bits: EpollEvents, askedAt time: UInt64, wakes: Bool) {
        item.pointee.cachedBits = bits
        item.pointee.cachedPass = pass
        item.pointee.cachedAt = time
        item.pointee.file._withUnsafeGuaranteedRef { unsafeDowncast($0, to: HostBacked.self).edge(bits) }
        isHearingHost = true
        let isNew = enqueue(item, key: bits)
        isHearingHost = false
        guard isNew else { return }
        if wakes { wakeWaiter() } else if watchers != nil { notifyWatchers(.in) }
    }
}
