import Glibc
import Trace
import WasixABI

/// An epoll instance: interest list, ready list, waiters (Linux: epoll(7), fs/eventpoll.c).
///
/// Level, edge and one-shot are decided at delivery: a wake-up only puts an item on the ready list, and a wait asks the
/// object again before it reports. Lock held for everything.
public final class Epoll: OpenFile {
    var items: ItemPointer?
    /// The registration that a snapshot in progress looks at next; moved to the one after it when that registration
    /// ends.
    var snapshotCursor: ItemPointer?
    var lastItem: ItemPointer?
    var itemCount = 0
    var ready = ReadyList()
    /// The way `epoll_ctl` numbers its operations, once known.
    public internal(set) var dialect = EpollDialect.undecided

    /// What becomes ready now does so because the notifier said so.
    var isHearingHost = false
    /// Watches the host's side; made with the first host-backed registration.
    var notifier: Notifier?
    /// Threads blocked in the notifier.
    var hostWaiters = 0
    var blockedThreads: [ThreadID] = []
    /// The id under which this instance's notifier is registered with the notifiers of instances that watch it.
    let notifierID: UInt64
    /// The last search for chains that has been here, and the number of links it found; see `mayWatch`.
    var visit: UInt64 = 0
    var visitDepth = 0
    /// Counts delivery passes; see `InterestItem.cachedBits`.
    var pass: UInt64 = 1

    /// What the last waits did; made with the first that is recorded. Without a retain at every wait; it is this instance's.
    var waitLog: Unmanaged<WaitLog>?

    // For screens.
    public internal(set) var waits: UInt64 = 0
    public internal(set) var eventsDelivered: UInt64 = 0
    /// Waits whose array was full while items for this many further such arrays stood on the ready list, not looked at.
    public internal(set) var crowdedWaits: UInt64 = 0
    static let crowd = 8
    public var timeouts: UInt64 = 0
    public var interruptions: UInt64 = 0

    /// Lock held.
    public init(kernel: Kernel) {
        notifierID = kernel.notifierTargets.nextID()
        super.init(kernel: kernel)
        kernel.notifierTargets.add(self)
    }

    deinit { waitLog?.release() }

    public override var kind: ObjectKind { .epoll }
    public override var detail: ObjectDetail { .epoll(items: itemCount, ready: ready.count) }
    public override var rights: Rights { [.pollFdReadwrite, .fdFdstatSetFlags, .fdFilestatGet] }
    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.inval) }
    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.inval) }

    public override func lastHolderLeft() {
        while let item = items { remove(item) }
        kernel.notifierTargets.remove(self)
        notifier = nil
    }

    // MARK: as something a notifier watches

    public override var hostPollFd: Int32? { notifier?.hostEpoll }

    /// An instance that watches this one must hear what this one's notifier hears.
    override func watchChanged(_ item: ItemPointer) throws(Errno) {
        guard let notifier else { return }
        try item.pointee.epoll.withReference { outer throws(Errno) in
            try outer.withNotifier { its throws(Errno) in try its.register(notifier, notifierID) }
        }
    }

    override func watchEnded(_ item: ItemPointer) {
        guard let notifier else { return }
        item.pointee.epoll._withUnsafeGuaranteedRef { outer in
            guard self.item(watchedBy: outer, except: item) == nil else { return }
            outer.notifier?.deregister(notifier, notifierID)
        }
    }

    // MARK: as something to watch

    public override func readiness() -> EpollEvents {
        // This call only looks. The events that it takes from the notifier are waited for by other threads, so it wakes
        // them.
        if let notifier { drain(notifier, wakes: true) }
        defer { expireCache() }
        while let item = ready.head {
            let now = item.pointee.file._withUnsafeGuaranteedRef { $0.readiness(for: item) }
            if item.pointee.isArmed, !now.isDisjoint(with: item.pointee.mask) { return .in }
            ready.remove(item)
        }
        return []
    }

    public override func peekReadiness() -> EpollEvents {
        var current = ready.head
        while let item = current {
            let now = item.pointee.file._withUnsafeGuaranteedRef { $0.peekReadiness() }
            if item.pointee.isArmed, !now.isDisjoint(with: item.pointee.mask) { return .in }
            current = item.pointee.nextReady
        }
        return []
    }

    /// Where the interest list begins, oldest first.
    var firstItem: ItemPointer? { items }

    func forEachItem(_ body: (ItemPointer) -> Void) {
        var current = items
        while let item = current {
            current = item.pointee.nextItem
            body(item)
        }
    }
}
