import CLinux
import Glibc
import WasixABI

/// The host epoll of an instance that watches host-backed objects. Everything in it is edge-triggered: what it reports
/// only feeds the ready list, and a level-triggered item stays there until its state says otherwise.
///
/// Lock held for everything but a thread's wait in it. That thread holds a reference, which keeps the host epoll open.
final class Notifier {
    let hostEpoll: Int32
    /// Wakes one thread that waits in the notifier.
    let doorbell: Doorbell
    /// Data of the doorbell's registration: no object has this id.
    static let doorbellID: UInt64 = 0
    /// Events that are taken from the host at a time.
    static let batch = 64

    /// Inner instances whose notifiers are registered with this one, by id.
    private var instances: Set<UInt64> = []

    /// Nil when the host has no descriptor left.
    init?() {
        guard let doorbell = Doorbell() else { return nil }
        self.doorbell = doorbell
        hostEpoll = Int32(HostCall.answer(.epollCreate) { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        guard hostEpoll >= 0 else { return nil }
        guard (try? register(doorbell.hostFd, Self.doorbellID, .in)) != nil else { return nil }
    }

    deinit { if hostEpoll >= 0 { close(hostEpoll) } }

    /// Registers a host descriptor under `id`.
    func register(_ hostFd: Int32, _ id: UInt64, _ events: EpollEvents) throws(Errno) {
        try control(EPOLL_CTL_ADD, hostFd, id, events)
    }

    /// Changes what a host descriptor is registered for.
    func modify(_ hostFd: Int32, _ id: UInt64, _ events: EpollEvents) throws(Errno) {
        try control(EPOLL_CTL_MOD, hostFd, id, events)
    }

    /// Ends the registration of a host descriptor. The host fails only when there is none.
    func deregister(_ hostFd: Int32) { try? control(EPOLL_CTL_DEL, hostFd, 0, []) }

    private func control(
        _ operation: Int32, _ hostFd: Int32, _ id: UInt64, _ events: EpollEvents
    ) throws(Errno) {
        let edgeTriggered: UInt32 = 1 << 31
        var event = epoll_event()
        event.events = HostPoll.hostMask(events) | edgeTriggered
        event.data.u64 = id
        try HostCall.value(.epollControl) { epoll_ctl(hostEpoll, operation, hostFd, &event) }
    }

    /// Registers the notifier of an inner instance, so that its events are events of this one.
    func register(_ inner: Notifier, _ id: UInt64) throws(Errno) {
        guard !instances.contains(id) else { return }
        try register(inner.hostEpoll, id, .in)
        instances.insert(id)
    }

    func deregister(_ inner: Notifier, _ id: UInt64) {
        if instances.remove(id) != nil { deregister(inner.hostEpoll) }
    }
}
