import Glibc
import Trace
import WasixABI

/// An open file description: what descriptor numbers stand for, shared by duplicates and forks.
///
/// Its lifetime is the kernel's own count of holders (table slots and calls in progress), kept under the lock: taking
/// a descriptor costs no atomic operation. The last holder's `release` closes it and frees the object.
///
/// Every function is entered and left with the kernel lock held; those that can block or call the host for long say so
/// and release it in between.
public class OpenFile {
    public let kernel: Kernel
    public let id: ObjectID
    /// Status flags. NONBLOCK is decided here; `HostFile` hands APPEND, DSYNC, RSYNC and SYNC to the host with each
    /// write.
    public final var flags: FdFlags
    @usableFromInline final var holders = 0

    /// Registrations that watch it, newest first: the order in which Linux wakes them.
    final var watchers: ItemPointer?
    /// Threads that wait in a call on it.
    let waiters = WaitQueue()

    /// When the last host call on it ended, by `Kernel.hostCallClock`: what the host said of its readiness before that may
    /// be wrong since.
    private(set) final var lastHostCall: UInt64 = 1

    /// Bytes that calls have read from it and written to it; an event counter counts calls.
    public final var bytesIn: UInt64 = 0
    public final var bytesOut: UInt64 = 0

    /// Lock held.
    public init(kernel: Kernel, flags: FdFlags = []) {
        self.kernel = kernel
        self.flags = flags
        id = kernel.nextObjectID()
        kernel.opened(self)
        _ = Unmanaged.passRetained(self)
    }

    public final var isNonBlocking: Bool { flags.contains(.nonblock) }

    /// See `Kernel.assertLocked`.
    @inlinable @inline(__always)
    public final func assertLocked() { kernel.assertLocked() }

    // MARK: holders

    /// One holder more: the description stays open until as many have released it. Lock held.
    @inlinable
    public final func hold() {
        assertLocked()
        assert(holders >= 0, "a description is held after its last holder has left")
        holders += 1
    }

    /// One holder less. The last one closes the description and frees the object. Lock held.
    @inlinable
    public final func release() {
        assertLocked()
        holders -= 1
        if holders == 0 { finish() }
    }

    /// Runs a call on it that may let go of the lock: until the call has ended the description stays open, whatever
    /// becomes of its numbers meanwhile (Linux: fdget).
    @inlinable
    public final func held<Result>(_ call: (OpenFile) -> Result) -> Result {
        hold()
        defer { release() }
        return call(self)
    }

    /// `holders` of a description whose last holder has left.
    private static let finished = Int.min / 2

    @usableFromInline final func finish() {
        kernel.closed(self)
        removeWatchers()
        lastHolderLeft()
        holders = Self.finished
        Unmanaged.passUnretained(self).release()
    }

    /// Runs `body`, which calls the host, without the lock but with the description held.
    @inline(__always)
    public final func withoutLock<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        hold()
        kernel.unlock()
        defer {
            kernel.lock()
            hostCallEnded()
            release()
        }
        return try body()
    }

    /// A host call that may have changed its readiness has ended. Lock held.
    @inline(__always)
    final func hostCallEnded() {
        assertLocked()
        kernel.hostCallClock &+= 1
        lastHostCall = kernel.hostCallClock
    }

    // MARK: what a kind of description answers

    public var kind: ObjectKind { fatalError("OpenFile is abstract") }
    /// What screens and names say beside the kind: a path, addresses, a peer.
    public var detail: ObjectDetail { .none }
    /// The descriptor numbers that both ends of a pair got first, its own before the other's.
    var ends: (FdNumber, FdNumber)? { nil }
    /// What its short name is made of.
    final var shortName: RetiredNames.Entry { RetiredNames.Entry(kind: kind, detail: detail, ends: ends) }
    public var fileType: FileType { .unknown }
    /// The rights that a new descriptor for it gets.
    public var rights: Rights { [.fdRead, .fdWrite, .fdFdstatSetFlags, .pollFdReadwrite, .fdFilestatGet] }
    /// How much waits in its queue; nil when it has none.
    public var queueLevel: QueueLevel? { nil }
    /// Where `queueLevel` comes from when the host has to be asked for it.
    var hostQueue: HostQueue? { nil }

    /// Called when the last holder has released it: wakes the other end, closes the host descriptor.
    public func lastHolderLeft() {}

    /// Reads what is there, waits for the first byte unless NONBLOCK. May block.
    public func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.badf) }
    /// Writes what fits, waits for room unless NONBLOCK. May block.
    public func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.badf) }

    /// Fills `buffer` with the entries of a directory as the guest reads them, starting after the entry whose cookie is
    /// given.
    /// - Returns: bytes filled; less than the buffer holds at the end of the directory.
    /// - Throws: NOTDIR for what is no directory; the host's reason.
    public func list(into buffer: UnsafeMutableRawBufferPointer, after cookie: UInt64) throws(Errno) -> Int {
        throw .notdir
    }

    /// False where each write is a packet of its own.
    var keepsNoBoundaries: Bool { ![.udp, .unixDatagram].contains(kind) }

    /// False for what `epoll_ctl` refuses with EPERM: regular files, directories, null-like devices.
    public var isPollable: Bool { true }
    /// Everything it is ready for now, whatever registrations ask for. Never waits; may poll the host with a zero
    /// timeout.
    public func readiness() -> EpollEvents { [] }
    /// As `readiness`, but exact for the bits of the registration's mask alone: a host-backed object may know those
    /// without asking the host.
    func readiness(for item: ItemPointer) -> EpollEvents { readiness() }
    /// Whether it is known, without asking the host, that nothing the registration asks for is ready.
    func isCertainlyIdle(for item: ItemPointer) -> Bool { false }
    /// Events that it is known, without asking the host, not to be ready for.
    var knownIdle: EpollEvents { [] }
    /// As `readiness`, without side effects: for snapshots.
    public func peekReadiness() -> EpollEvents { readiness() }
    /// The host descriptor to poll when the object lives in the host; nil when its readiness is known here.
    public var hostPollFd: Int32? { nil }
    /// Bytes (or connections, or events) that a read would find, for `poll_oneoff`.
    public var readableCount: UInt64 { queueLevel?.used ?? 1 }
    /// Space a write would find, for `poll_oneoff`.
    public var writableCount: UInt64 { 1 }

    /// Whether the host reports its edges, through the notifiers of the instances that watch it.
    public var isHostBacked: Bool { false }

    /// Called when a registration of it was added or got another mask, and (`watchEnded`) when one ends. What the host
    /// must know of that is passed on to the instance's notifier.
    /// - Throws: why the notifier cannot watch it; the host's registration is then as it was.
    func watchChanged(_ item: ItemPointer) throws(Errno) {}
    func watchEnded(_ item: ItemPointer) {}

    // MARK: waking

    /// The readiness that `key` names may have changed: wakes the registrations and waiters that ask for any of it. An
    /// empty key wakes all.
    @inline(__always)
    final func notify(_ key: EpollEvents) {
        assertLocked()
        notifyWatchers(key)
        if !waiters.isEmpty { waiters.wake(key: key) }
    }

    /// The registrations' half of `notify`.
    final func notifyWatchers(_ key: EpollEvents) {
        assertLocked()
        var current = watchers
        while let item = current {
            current = item.pointee.nextWatcher
            item.pointee.epoll._withUnsafeGuaranteedRef { $0.wakeUpCallback(item, key: key) }
        }
    }

    /// A registration of this description in `epoll`, other than `except`.
    final func item(watchedBy epoll: Epoll, except: ItemPointer? = nil) -> ItemPointer? {
        var current = watchers
        while let item = current {
            if item != except, item.pointee.isIn(epoll) {
                return item
            }
            current = item.pointee.nextWatcher
        }
        return nil
    }

    /// Itself, when it is an epoll instance.
    public final var asEpoll: Epoll? { kind == .epoll ? unsafeDowncast(self, to: Epoll.self) : nil }

    /// Waits in a call on this object for `key`. A closed number does not end the wait: the call holds the description.
    /// Lock held, released while asleep.
    /// - Parameter isExclusive: one wake-up wakes one waiter, which wakes the next when it leaves something. To be
    ///   false where the first waiter may have no use for what came, for example room that is too small for its value.
    final func wait(
        for key: EpollEvents, isExclusive: Bool, _ thread: GuestThread, until deadline: UInt64 = .max
    ) -> WaitEnd {
        thread.wait(in: waiters, key: key, isExclusive: isExclusive, until: deadline)
    }

    private final func removeWatchers() {
        while let item = watchers {
            item.pointee.epoll._withUnsafeGuaranteedRef { $0.remove(item) }
        }
    }
}
