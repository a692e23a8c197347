import CLinux
import Glibc
import WasixABI

/// One subscription of a `poll_oneoff`: a descriptor, a clock, or one that is refused.
public struct PollEntry {
    /// nil for what is not a descriptor.
    public var file: Unmanaged<OpenFile>?
    /// `.in` or `.out`; empty for a clock.
    public var interest: EpollEvents
    /// What was found when the call returned; empty when the subscription did not fire.
    public var found: EpollEvents = []
    /// The guest's own name for it, which goes back in the event.
    public let userData: UInt64
    /// Why it is refused, which is reported at once.
    public var failure: Errno?
    /// When a clock fires: nanoseconds of the guest's clock.
    public var deadline: UInt64

    public init(
        file: Unmanaged<OpenFile>? = nil, interest: EpollEvents, userData: UInt64 = 0, failure: Errno? = nil,
        deadline: UInt64 = .max
    ) {
        self.file = file
        self.interest = interest
        self.userData = userData
        self.failure = failure
        self.deadline = deadline
    }

    /// What makes it fire: end and error count for both directions.
    @inline(__always)
    var triggers: EpollEvents { interest.contains(.in) ? [.in, .rdhup, .hup, .err] : [.out, .hup, .err] }
}

/// Memory of a thread's `poll_oneoff`, kept from call to call.
public final class PollStorage {
    public let capacity: Int
    public let entries: UnsafeMutablePointer<PollEntry>
    let nodes: WaitNodePointer
    let hostEntries: UnsafeMutablePointer<pollfd>

    init(capacity: Int, thread: GuestThread) {
        self.capacity = max(16, capacity)
        entries = .allocate(capacity: self.capacity)
        nodes = .allocate(capacity: self.capacity)
        for index in 0..<self.capacity {
            (nodes + index).initialize(
                to: WaitNode(thread: .passUnretained(thread), key: [], isExclusive: false))
        }
        hostEntries = .allocate(capacity: self.capacity)
    }

    deinit {
        entries.deallocate()
        nodes.deallocate()
        hostEntries.deallocate()
    }
}

/// Waiting for the first of several descriptors, in-process and host-backed mixed. Lock held for everything, released
/// while asleep.
public struct PollSet {
    private let entries: UnsafeMutablePointer<PollEntry>
    private let nodes: WaitNodePointer
    private let hostEntries: UnsafeMutablePointer<pollfd>
    private let count: Int
    /// True once a wait has released the lock: from then on the set holds the descriptions, so that they stay open even
    /// if their numbers are closed.
    private var isHeld = false

    /// The first `count` entries of `storage`.
    public init(_ storage: PollStorage, count: Int) {
        entries = storage.entries
        nodes = storage.nodes
        hostEntries = storage.hostEntries
        self.count = count
    }

    @inline(__always)
    private func forEach(_ body: (Int, OpenFile) -> Void) {
        for index in 0..<count {
            entries[index].file?._withUnsafeGuaranteedRef { body(index, $0) }
        }
    }

    /// Looks at all of them once. True when one fires.
    private func look() -> Bool {
        var hostCount = 0
        var anyFound: EpollEvents = []
        forEach { index, file in
            let triggers = entries[index].triggers
            if file.isHostBacked, file.isPollable, let fd = file.hostPollFd {
                hostEntries[hostCount] = pollfd(fd: fd, events: HostPoll.hostEvents(triggers), revents: 0)
                hostCount += 1
                return
            }
            let found = (file.isPollable ? file.readiness() : [.in, .out]).intersection(triggers)
            entries[index].found = found
            anyFound.formUnion(found)
        }
        guard hostCount > 0 else { return !anyFound.isEmpty }
        poll(hostEntries, nfds_t(hostCount), 0)
        var position = 0
        forEach { index, file in
            guard file.isHostBacked, file.isPollable, file.hostPollFd != nil else { return }
            let found = HostPoll.wireEvents(hostEntries[position].revents).intersection(entries[index].triggers)
            entries[index].found = found
            anyFound.formUnion(found)
            position += 1
        }
        return !anyFound.isEmpty
    }

    /// Waits until an entry fires or `deadline` (nanoseconds of the guest's clock; 0 looks once). What fired is in `found`.
    /// `release` must follow, once that is read.
    public mutating func wait(until deadline: UInt64, _ thread: GuestThread) -> WaitEnd {
        thread.kernel.assertLocked()
        while true {
            if look() { return .woken }
            guard deadline != 0 else { return .timedOut }
            if !isHeld { forEach { $1.hold() } }
            isHeld = true
            switch sleep(until: deadline, thread) {
            // Entries that fire win over a signal (Linux: do_poll).
            case .interrupted: return !thread.isEnding && look() ? .woken : .interrupted
            case .timedOut: return look() ? .woken : .timedOut
            case .woken: continue
            }
        }
    }

    /// Lets go of the descriptions.
    public mutating func release() {
        if isHeld { forEach { $1.release() } }
        isHeld = false
    }

    private func sleep(until deadline: UInt64, _ thread: GuestThread) -> WaitEnd {
        var hostCount = 0
        forEach { index, file in
            let triggers = entries[index].triggers
            nodes[index].key = triggers
            file.waiters.prepend(nodes + index)
            if let fd = file.hostPollFd, file.isPollable {
                let events: EpollEvents = file.isHostBacked ? triggers : .in
                hostEntries[hostCount] = pollfd(fd: fd, events: HostPoll.hostEvents(events), revents: 0)
                hostCount += 1
            }
        }
        defer { forEach { index, file in file.waiters.remove(nodes + index) } }
        guard hostCount > 0 else { return thread.park(until: deadline) }
        let answer = thread.hostWait(until: deadline) { timeout in
            cl_wait_poll(hostEntries, nfds_t(hostCount), timeout)
        }
        return thread.end(ofHostWait: answer)
    }
}
