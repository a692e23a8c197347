import CLinux
import Glibc
import Trace
import WasixABI

/// A description of something that lives in the host, so that only the host knows what it is ready for.
///
/// The host descriptor is O_NONBLOCK unless it is shared with other programs; blocking is done here, where it can be
/// interrupted. Lock held unless a comment says otherwise.
public class HostBacked: OpenFile {
    public let hostFd: Int32
    private let ownsHostFd: Bool

    /// Events that it is certainly not ready for: since the last edge a call would have blocked, or a read came back
    /// short.
    private final var certainlyNot: EpollEvents = []
    /// How many edges there were. A call reads it before it asks the host: see `wouldBlock`.
    public private(set) final var edgeCount: UInt64 = 0
    /// An edge reported the peer's end, or urgent data. Reads stop there, too, so a short read no longer proves that
    /// nothing is left.
    private final var shortReadsProveNothing = false

    /// With `ownsHostFd` the host descriptor is closed with the last holder.
    public init(kernel: Kernel, hostFd: Int32, ownsHostFd: Bool = true, flags: FdFlags = []) {
        self.hostFd = hostFd
        self.ownsHostFd = ownsHostFd
        super.init(kernel: kernel, flags: flags)
    }

    public override func lastHolderLeft() {
        if ownsHostFd { kernel.wakeups.close(hostFd) }
    }

    public override var hostPollFd: Int32? { hostFd }
    public override var isHostBacked: Bool { true }

    // MARK: readiness

    public override func readiness() -> EpollEvents { HostPoll.now(hostFd) }

    /// Whether nobody but calls on this description takes away what it is ready for. Not so for what is opened by name
    /// (a FIFO, a terminal), for what another program has as well, and for a Unix-domain datagram socket, whose room is
    /// its receiver's.
    var isOnlyReader: Bool { false }

    override func readiness(for item: ItemPointer) -> EpollEvents {
        assertLocked()
        if item.pointee.cachedAt >= lastHostCall {
            let pass = item.pointee.epoll._withUnsafeGuaranteedRef { $0.pass }
            if item.pointee.cachedPass == pass || isOnlyReader { return item.pointee.cachedBits }
        }
        return isCertainlyIdle(for: item) ? [] : HostPoll.now(hostFd)
    }

    override func isCertainlyIdle(for item: ItemPointer) -> Bool {
        // ERR, HUP and RDHUP come with an edge of their own, which clears `certainlyNot`. RDHUP never comes without IN,
        // so IN stands for it.
        var asked = item.pointee.mask.intersection([.in, .out, .rdhup, .pri])
        if asked.remove(.rdhup) != nil { asked.insert(.in) }
        return !asked.isEmpty && asked.isSubset(of: certainlyNot)
    }

    override final var knownIdle: EpollEvents { certainlyNot }

    /// A call would have blocked: nothing of `events` is ready until the next edge.
    ///
    /// The host is asked without the lock. An edge that another thread has handled meanwhile may be about something
    /// that came after the host's answer, so the answer proves nothing then. `edges` is `edgeCount` from before the
    /// host was asked.
    public final func wouldBlock(_ events: EpollEvents, since edges: UInt64) {
        assertLocked()
        if edges == edgeCount { certainlyNot.formUnion(events) }
    }

    /// A plain read of a TCP stream came back short: the queue was empty then, and new data is a new edge. No other kind
    /// may call this: a Unix-domain stream stops where a message carries descriptors or credentials (Linux:
    /// unix_stream_read_generic), a terminal at the end of a line, a datagram socket at each datagram.
    /// `edges` is as for `wouldBlock`.
    public final func readShort(since edges: UInt64) {
        if !shortReadsProveNothing { wouldBlock(.in, since: edges) }
    }

    /// A notifier reported `bits` just now.
    final func edge(_ bits: EpollEvents) {
        assertLocked()
        edgeCount &+= 1
        certainlyNot.subtract(bits)
        if !bits.isDisjoint(with: [.rdhup, .hup, .err]) {
            shortReadsProveNothing = true
            certainlyNot = []
        }
        if bits.contains(.pri) { shortReadsProveNothing = true }
    }

    // MARK: registrations

    override func watchChanged(_ item: ItemPointer) throws(Errno) {
        try item.pointee.epoll.withReference { epoll throws(Errno) in try epoll.register(self, item) }
    }

    override func watchEnded(_ item: ItemPointer) {
        item.pointee.epoll._withUnsafeGuaranteedRef { $0.deregister(self, item) }
    }

    // MARK: waiting

    /// Waits until the host descriptor, or `other` instead of it, is ready for `events`, or until `deadline`
    /// (nanoseconds of the guest's clock). Lock held, released while waiting.
    public final func hostWait(
        for events: EpollEvents, on other: Int32? = nil, _ thread: GuestThread, until deadline: UInt64 = .max
    ) -> WaitEnd {
        hold()
        defer { release() }
        let fd = other ?? hostFd
        let answer = thread.hostWait(until: deadline) { timeout -> Int32 in
            var entry = pollfd(fd: fd, events: HostPoll.hostEvents(events), revents: 0)
            return cl_wait_poll(&entry, 1, timeout)
        }
        return thread.end(ofHostWait: answer)
    }
}
