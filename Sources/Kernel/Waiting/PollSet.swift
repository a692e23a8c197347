import CLinux
import Glibc
import WasixABI

/// One descriptor subscription of a `poll_oneoff`.
public struct PollEntry {
    public var file: Unmanaged<OpenFile>?
    /// `.in` or `.out`.
    public var interest: EpollEvents
    /// What was found when the call returned; empty when the subscription did not fire.
    public var found: EpollEvents = []

    public init(file: Unmanaged<OpenFile>?, interest: EpollEvents) {
        self.file = file
        self.interest = interest
    }

    /// What makes it fire: end and error count for both directions.
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
    public let storage: PollStorage
    private let count: Int
    private let kernel: Kernel

    public init(_ storage: PollStorage, count: Int, kernel: Kernel) {
        self.storage = storage
        self.count = count
        self.kernel = kernel
    }

    private func forEach(_ body: (Int, OpenFile) -> Void) {
        for index in 0..<count {
            storage.entries[index].file?._withUnsafeGuaranteedRef { body(index, $0) }
        }
    }

    /// Looks at all of them once. True when one fires.
    private func look() -> Bool {
        var hostCount = 0
        var anyFound = false
        forEach { index, file in
            storage.entries[index].found = []
            if file.isHostBacked, file.isPollable, let fd = file.hostPollFd {
                storage.hostEntries[hostCount] = pollfd(
                    fd: fd, events: HostPoll.hostEvents(storage.entries[index].triggers), revents: 0)
                hostCount += 1
                return
            }
            let now = file.isPollable ? file.readiness() : [.in, .out]
            storage.entries[index].found = now.intersection(storage.entries[index].triggers)
            anyFound = anyFound || !storage.entries[index].found.isEmpty
        }
        guard hostCount > 0, poll(storage.hostEntries, nfds_t(hostCount), 0) > 0 else { return anyFound }
        var position = 0
        forEach { index, file in
            guard file.isHostBacked, file.isPollable, file.hostPollFd != nil else { return }
            let now = HostPoll.wireEvents(storage.hostEntries[position].revents)
            storage.entries[index].found = now.intersection(storage.entries[index].triggers)
            anyFound = anyFound || !storage.entries[index].found.isEmpty
            position += 1
        }
        return anyFound
    }

    /// Keeps all descriptions open until `release`, whatever becomes of their numbers.
    public func hold() { forEach { $1.hold() } }
    public func release() { forEach { $1.release() } }

    /// Waits until an entry fires or `deadline` (CLOCK_MONOTONIC nanoseconds; 0 looks once). What fired is in `found`.
    /// The set must be held.
    public func wait(until deadline: UInt64, _ thread: GuestThread) -> WaitEnd {
        while true {
            if look() { return .woken }
            guard deadline != 0 else { return .timedOut }
            switch sleep(until: deadline, thread) {
            case .interrupted: return .interrupted
            case .timedOut: return look() ? .woken : .timedOut
            case .woken: continue
            }
        }
    }

    private func sleep(until deadline: UInt64, _ thread: GuestThread) -> WaitEnd {
        var hostCount = 0
        forEach { index, file in
            let entry = storage.entries[index]
            let node = storage.nodes + index
            node.pointee.key = entry.triggers
            file.waiters.append(node)
            if let fd = file.hostPollFd, file.isPollable {
                let events: EpollEvents = file.isHostBacked ? entry.triggers : .in
                storage.hostEntries[hostCount] = pollfd(fd: fd, events: HostPoll.hostEvents(events), revents: 0)
                hostCount += 1
            }
        }
        defer { forEach { index, file in file.waiters.remove(storage.nodes + index) } }
        guard hostCount > 0 else { return thread.park(until: deadline) }
        let answer = thread.hostWait(until: deadline) { timeout in
            cl_wait_poll(storage.hostEntries, nfds_t(hostCount), timeout)
        }
        guard let answer else { return .interrupted }
        return answer == 0 ? .timedOut : .woken
    }
}
