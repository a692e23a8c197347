import CLinux
import Glibc
import WasixABI

/// The host epoll of an instance that watches host-backed objects. Everything in it is edge-triggered: what it reports
/// only feeds the ready list, and a level-triggered item stays there until its state says otherwise.
final class Notifier {
    let hostEpoll: Int32
    /// Wakes one thread that waits in it.
    let doorbell: Int32
    /// Data of the doorbell's registration: no object has this id.
    static let doorbellID: UInt64 = 0
    static let batch = 64

    /// Inner instances whose notifiers stand in this one, by id.
    private var instances: Set<UInt64> = []

    init?() {
        hostEpoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard hostEpoll >= 0 else { return nil }
        doorbell = Doorbell.make()
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | Self.edge
        event.data.u64 = Self.doorbellID
        guard doorbell >= 0, epoll_ctl(hostEpoll, EPOLL_CTL_ADD, doorbell, &event) == 0 else {
            close(hostEpoll)
            if doorbell >= 0 { close(doorbell) }
            return nil
        }
    }

    deinit {
        close(hostEpoll)
        close(doorbell)
    }

    private static let edge: UInt32 = 1 << 31

    /// Registers a host descriptor under `id`, or changes what it is registered with.
    func set(_ operation: Int32, _ hostFd: Int32, _ id: UInt64, _ events: EpollEvents) -> Errno {
        var event = epoll_event()
        event.events = HostPoll.hostMask(events) | Self.edge
        event.data.u64 = id
        return epoll_ctl(hostEpoll, operation, hostFd, &event) == 0 ? .success : .lastHost
    }

    func end(_ hostFd: Int32) {
        var event = epoll_event()
        epoll_ctl(hostEpoll, EPOLL_CTL_DEL, hostFd, &event)
    }

    /// The notifier of an inner instance reports to this one from now on.
    func hear(_ inner: Notifier, _ id: UInt64) -> Errno {
        guard !instances.contains(id) else { return .success }
        let failure = set(EPOLL_CTL_ADD, inner.hostEpoll, id, .in)
        if failure == .success { instances.insert(id) }
        return failure
    }

    func ignore(_ inner: Notifier, _ id: UInt64) {
        if instances.remove(id) != nil { end(inner.hostEpoll) }
    }
}

extension Epoll {
    /// A registration of `file` here is new or changed its mask: it stands in the notifier with a mask of its own, so that
    /// its edges are its own. The host knows registrations by descriptor, so the second one of a description gets a
    /// duplicate.
    ///
    /// Who asks for IN asks for RDHUP and PRI as well: without them a short read could not be told from the end of the
    /// stream, or from one that stops at urgent data. They come with an IN edge in any case, so they cost nothing; who
    /// does not ask for IN would be woken by arriving data (Linux: sock_def_readable).
    func notifierWatch(_ file: HostBacked, _ item: ItemPointer) -> Errno {
        let mask = item.pointee.mask
        let events = mask.contains(.in) ? mask.union([.rdhup, .pri]) : mask
        return withNotifier { notifier in
            guard item.pointee.notifierID == 0 else {
                return notifier.set(EPOLL_CTL_MOD, item.pointee.hostFd, item.pointee.notifierID, events)
            }
            let hostFd = isTaken(file) ? fcntl(file.hostFd, F_DUPFD_CLOEXEC, 0) : file.hostFd
            guard hostFd >= 0 else { return .nomem }
            let id = kernel.notifierTargets.add(item)
            let failure = notifier.set(EPOLL_CTL_ADD, hostFd, id, events)
            guard failure == .success else {
                kernel.notifierTargets.remove(item: id)
                if hostFd != file.hostFd { close(hostFd) }
                return failure
            }
            item.pointee.notifierID = id
            item.pointee.hostFd = hostFd
            return .success
        }
    }

    /// Whether the description's own host descriptor stands in the notifier already.
    private func isTaken(_ file: HostBacked) -> Bool {
        var current = file.watchers
        while let item = current {
            if item.pointee.isIn(self), item.pointee.hostFd == file.hostFd { return true }
            current = item.pointee.nextWatcher
        }
        return false
    }

    func notifierUnwatch(_ file: HostBacked, _ item: ItemPointer) {
        guard let notifier, item.pointee.notifierID != 0 else { return }
        kernel.notifierTargets.remove(item: item.pointee.notifierID)
        notifier.end(item.pointee.hostFd)
        if item.pointee.hostFd != file.hostFd { close(item.pointee.hostFd) }
    }

    /// Runs `body` with the notifier, which is made when there is none yet.
    func withNotifier(_ body: (Notifier) -> Errno) -> Errno {
        if let notifier { return body(notifier) }
        guard let made = Notifier() else { return .nomem }
        notifier = made
        // Threads that wait without it must come and wait in it; so must instances that watch this one.
        waiters.wake(key: [])
        var current = watchers
        while let item = current {
            _ = watchChanged(item)
            current = item.pointee.nextWatcher
        }
        return body(made)
    }

    /// Takes what the notifier has without waiting, up to `batches` host calls of a fraction of a microsecond. Lock held.
    /// - Returns: whether there may be more.
    @discardableResult
    func drain(_ notifier: Notifier, announcing: Bool, batches: Int = 64) -> Bool {
        let isMore = withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Notifier.batch) { buffer in
            var count = Notifier.batch
            var rounds = 0
            while count == Notifier.batch, rounds < batches {
                count = Int(epoll_wait(notifier.hostEpoll, buffer.baseAddress!, Int32(Notifier.batch), 0))
                feed(buffer, count, announcing: announcing)
                rounds += 1
            }
            return count == Notifier.batch
        }
        guard announcing else { return isMore }
        // Nobody delivers right now: a later pass must ask again.
        endPass()
        // The doorbell's ring may have been among what was taken, and was meant for one who sleeps.
        if hostWaiters > 0, !ready.isEmpty { kernel.wakeups.ring(notifier.doorbell) }
        return isMore
    }

    /// Blocks in the notifier until something comes, and takes all there is. Lock held, released while waiting.
    func waitInNotifier(until deadline: UInt64, _ thread: GuestThread) -> WaitEnd {
        guard let notifier else { return .woken }
        return withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Notifier.batch) { buffer in
            hostWaiters += 1
            let count = thread.hostWait(until: deadline) { timeout in
                cl_wait_epoll(notifier.hostEpoll, buffer.baseAddress!, Int32(Notifier.batch), timeout)
            }
            hostWaiters -= 1
            guard let count else { return .interrupted }
            feed(buffer, Int(count), announcing: false)
            if count == Notifier.batch { drain(notifier, announcing: false) }
            return count == 0 ? .timedOut : .woken
        }
    }

    /// What the notifier reported becomes wake-ups of the registrations it concerns.
    /// - Parameter announcing: wake this instance's own waiters; not needed by one that is about to look itself.
    private func feed(_ events: UnsafeMutableBufferPointer<epoll_event>, _ count: Int, announcing: Bool) {
        for index in 0..<max(0, count) {
            let id = events[index].data.u64
            if let item = kernel.notifierTargets.item(id) {
                feed(item, HostPoll.wireEvents(events[index].events), announcing: announcing)
            } else if let inner = kernel.notifierTargets.epoll(id) {
                inner._withUnsafeGuaranteedRef { inner in
                    if let notifier = inner.notifier { inner.drain(notifier, announcing: true) }
                }
            }
        }
    }

    private func feed(_ item: ItemPointer, _ bits: EpollEvents, announcing: Bool) {
        item.pointee.freshBits = bits
        item.pointee.freshPass = pass
        item.pointee.freshCalls = item.pointee.file._withUnsafeGuaranteedRef { file in
            unsafeDowncast(file, to: HostBacked.self).edge(bits)
            return file.hostCalls
        }
        guard mark(item, key: bits) else { return }
        if announcing { announce() } else if watchers != nil { notifyWatchers(.in) }
    }
}
