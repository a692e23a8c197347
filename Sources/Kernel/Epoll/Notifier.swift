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

    /// What each host-backed object is registered with, by its notifier id.
    private var masks: [UInt64: UInt32] = [:]

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

    /// Registers a host descriptor under `id` with the events in `mask`, changes them, or with nil ends it.
    func watch(_ id: UInt64, _ hostFd: Int32, _ mask: UInt32?) -> Errno {
        var event = epoll_event()
        event.data.u64 = id
        guard let mask else {
            if masks.removeValue(forKey: id) != nil { epoll_ctl(hostEpoll, EPOLL_CTL_DEL, hostFd, &event) }
            return .success
        }
        event.events = mask | Self.edge
        let operation = masks[id] == nil ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        guard epoll_ctl(hostEpoll, operation, hostFd, &event) == 0 else {
            switch errno {
            case ENOMEM: return .nomem
            case ENOSPC: return .nospc
            default: return .perm
            }
        }
        masks[id] = mask
        return .success
    }
}

extension Epoll {
    /// A registration of `file` here is new or changed its mask: the notifier asks for what all of them ask for.
    ///
    /// RDHUP is always asked for: without it a short read could not be told from the end of the stream. It comes with
    /// an IN edge in any case, so it costs nothing.
    func notifierWatch(_ file: HostBacked) -> Errno {
        withNotifier { $0.watch(file.notifierID, file.hostFd, hostMask(file, except: nil)) }
    }

    func notifierUnwatch(_ file: HostBacked, ending item: ItemPointer) {
        guard let notifier else { return }
        let mask = file.isClosed ? nil : hostMask(file, except: item)
        _ = notifier.watch(file.notifierID, file.hostFd, mask)
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

    private func hostMask(_ file: HostBacked, except: ItemPointer?) -> UInt32? {
        var mask: EpollEvents?
        var current = file.watchers
        while let item = current {
            if item != except, item.pointee.isIn(self) {
                mask = (mask ?? []).union(item.pointee.mask)
            }
            current = item.pointee.nextWatcher
        }
        return mask.map { HostPoll.hostMask($0.union(.rdhup)) }
    }

    /// Takes what the notifier has without waiting. Lock held: a host call of a fraction of a microsecond.
    func drain(_ notifier: Notifier, announcing: Bool) {
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Notifier.batch) { buffer in
            var count = Notifier.batch
            var rounds = 0
            while count == Notifier.batch, rounds < 64 {
                count = Int(epoll_wait(notifier.hostEpoll, buffer.baseAddress!, Int32(Notifier.batch), 0))
                feed(buffer, count, announcing: announcing)
                rounds += 1
            }
        }
        // Nobody delivers right now: a later pass must ask again.
        if announcing { endPass() }
    }

    /// Blocks in the notifier until something comes. Lock held, released while waiting.
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
            return count == 0 ? .timedOut : .woken
        }
    }

    /// What the notifier reported becomes wake-ups of the registrations it concerns.
    /// - Parameter announcing: wake this instance's own waiters; not needed by one that is about to look itself.
    private func feed(_ events: UnsafeMutableBufferPointer<epoll_event>, _ count: Int, announcing: Bool) {
        for index in 0..<max(0, count) {
            let id = events[index].data.u64
            if let file = kernel.hostFiles.file(id) {
                let bits = HostPoll.wireEvents(events[index].events)
                file._withUnsafeGuaranteedRef { feed($0, bits, announcing: announcing) }
            } else if let inner = kernel.hostFiles.epoll(id) {
                inner._withUnsafeGuaranteedRef { inner in
                    if let notifier = inner.notifier { inner.drain(notifier, announcing: true) }
                }
            }
        }
    }

    private func feed(_ file: HostBacked, _ bits: EpollEvents, announcing: Bool) {
        file.edge(bits)
        var current = file.watchers
        while let item = current {
            current = item.pointee.nextWatcher
            guard item.pointee.isIn(self) else { continue }
            item.pointee.freshBits = bits
            item.pointee.freshPass = pass
            guard mark(item, key: bits) else { continue }
            if announcing { announce() } else if watchers != nil { notifyWatchers(.in) }
        }
    }
}
