import Glibc
import Trace
import WasixABI

/// An epoll instance: interest list, ready list, waiters (Linux: epoll(7), fs/eventpoll.c).
///
/// Level, edge and one-shot are decided at delivery: a wake-up only puts an item on the ready list, and a wait asks the
/// object again before it reports. Lock held for everything.
public final class Epoll: OpenFile {
    private var items: ItemPointer?
    /// The registration that a snapshot in progress looks at next; moved to the one after it when that registration
    /// ends.
    var snapshotCursor: ItemPointer?
    private var lastItem: ItemPointer?
    private(set) var itemCount = 0
    private(set) var ready = ReadyList()
    /// The way `epoll_ctl` numbers its operations, once known.
    public private(set) var dialect = EpollDialect.undecided

    /// What becomes ready now does so because the notifier said so.
    var isHearingHost = false
    /// Watches the host's side; made with the first host-backed registration.
    var notifier: Notifier?
    /// Threads blocked in the notifier.
    var hostWaiters = 0
    private var blockedThreads: [ThreadID] = []
    /// The id under which this instance's notifier is registered with the notifiers of instances that watch it.
    let notifierID: UInt64
    /// The last search for chains that has been here, and the number of links it found; see `mayWatch`.
    var visit: UInt64 = 0
    var visitDepth = 0
    /// Counts delivery passes; see `InterestItem.cachedBits`.
    private(set) var pass: UInt64 = 1

    /// What the last waits did; made with the first that is recorded.
    var waitLog: WaitLog?

    // For screens.
    public private(set) var waits: UInt64 = 0
    public private(set) var eventsDelivered: UInt64 = 0
    /// Waits whose array was full while items for this many further such arrays stood on the ready list, not looked at.
    public private(set) var crowdedWaits: UInt64 = 0
    private static let crowd = 8
    public var timeouts: UInt64 = 0
    public var interruptions: UInt64 = 0

    /// Lock held.
    public init(kernel: Kernel) {
        notifierID = kernel.notifierTargets.nextID()
        super.init(kernel: kernel)
        kernel.notifierTargets.add(self)
    }

    public override var kind: ObjectKind { .epoll }
    public override var detail: ObjectDetail { .epoll(items: itemCount, ready: ready.count) }
    public override var rights: Rights { [.pollFdReadwrite, .fdFdstatSetFlags, .fdFilestatGet] }
    public override func read(into vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.inval) }
    public override func write(from vectors: IoVectors, _ thread: GuestThread) -> IoResult { .failed(.inval) }

    // MARK: control

    /// The registration of `file` under number `fd`, if there is one.
    private func item(for file: OpenFile, _ fd: FdNumber) -> ItemPointer? {
        var current = file.watchers
        while let item = current {
            if item.pointee.fd == fd.rawValue, item.pointee.isIn(self) { return item }
            current = item.pointee.nextWatcher
        }
        return nil
    }

    /// What `op` means here, settling the dialect on the way. `libcShaped` says that the event is filled as wasix-libc
    /// fills it.
    public func operation(_ op: UInt32, libcShaped: Bool) -> EpollOperation? {
        assertLocked()
        let (operation, settled) = dialect.operation(op, libcShaped: libcShaped)
        dialect = settled
        return operation
    }

    /// EPOLL_CTL_ADD: registers `file` under number `fd`. Lock held.
    /// - Throws: EXIST when it is registered under that number; LOOP and INVAL for instances that would watch each
    ///   other in a circle or on too long or too many paths; what the host refuses (epoll_ctl(2)).
    public func add(_ file: OpenFile, _ fd: FdNumber, events: EpollEvents, data: EpollData) throws(Errno) {
        assertLocked()
        if let other = file.asEpoll {
            guard other !== self else { throw .inval }
            guard mayWatch(other) else { throw .loop }
        }
        guard item(for: file, fd) == nil else { throw .exist }
        let item = ItemPointer.allocate(capacity: 1)
        item.initialize(
            to: InterestItem(
                epoll: .passUnretained(self), file: .passUnretained(file), fd: fd.rawValue,
                mask: [], isEdge: false, isOneShot: false, data: data, echoesData2Only: false))
        store(events, data, in: item)
        link(item, to: file)
        do throws(Errno) {
            let isNested = watchers != nil || file.kind == .epoll
            guard !isNested || hasFewPaths(to: file) else { throw .inval }
            try file.watchChanged(item)
        } catch {
            remove(item)
            throw error
        }
        rearm(item, isNew: true)
    }

    /// EPOLL_CTL_MOD: replaces what a registration asks for, and arms and rearms it. Lock held.
    /// - Throws: NOENT when there is no such registration; what the host refuses: then nothing has changed.
    public func modify(_ file: OpenFile, _ fd: FdNumber, events: EpollEvents, data: EpollData) throws(Errno) {
        assertLocked()
        guard let item = item(for: file, fd) else { throw .noent }
        let before = item.pointee
        let oldMask = before.mask
        store(events, data, in: item)
        item.pointee.isArmed = true
        let isNew = item.pointee.mask != oldMask
        if isNew {
            do throws(Errno) {
                try file.watchChanged(item)
            } catch {
                item.pointee.takeBack(before)
                throw error
            }
        }
        rearm(item, isNew: isNew)
    }

    /// EPOLL_CTL_DEL: ends a registration. Lock held.
    /// - Throws: NOENT when there is no such registration.
    public func delete(_ file: OpenFile, _ fd: FdNumber) throws(Errno) {
        assertLocked()
        guard let item = item(for: file, fd) else { throw .noent }
        remove(item)
    }

    private func store(_ events: EpollEvents, _ data: EpollData, in item: ItemPointer) {
        assertLocked()
        item.pointee.mask = events.intersection([.in, .out, .rdhup, .pri]).union(.always)
        item.pointee.isEdge = events.contains(.et)
        item.pointee.isOneShot = events.contains(.oneshot)
        item.pointee.data = data
        item.pointee.echoesData2Only =
            data.isLibcShaped(fd: item.pointee.fd) && (data.data2 != 0 || dialect == .linux)
    }

    /// After ADD and MOD: what is ready already is an event, also for an edge-triggered item.
    ///
    /// A host-backed object is not asked: the notifier reports a new or changed mask by itself, and after a MOD that
    /// changed no bit the next wait looks at the item in any case. It is asked all the same when other instances watch
    /// this one, because they must be woken now if it is ready.
    private func rearm(_ item: ItemPointer, isNew: Bool) {
        let isCandidate = item.pointee.file._withUnsafeGuaranteedRef { file in
            if file.isHostBacked, watchers == nil { return !isNew }
            return !file.readiness().isDisjoint(with: item.pointee.mask)
        }
        guard isCandidate else { return }
        countEdge(item, [])
        guard !item.pointee.isReady else { return }
        ready.append(item)
        wakeWaiter()
    }

    private func link(_ item: ItemPointer, to file: OpenFile) {
        item.pointee.nextWatcher = file.watchers
        file.watchers?.pointee.previousWatcher = item
        file.watchers = item
        item.pointee.previousItem = lastItem
        if let lastItem { lastItem.pointee.nextItem = item } else { items = item }
        lastItem = item
        itemCount += 1
    }

    /// Ends a registration: DEL, the last close of what it watches, or the end of this instance.
    func remove(_ item: ItemPointer) {
        assertLocked()
        ready.remove(item)
        item.pointee.file._withUnsafeGuaranteedRef { file in
            let next = item.pointee.nextWatcher
            let previous = item.pointee.previousWatcher
            if let previous { previous.pointee.nextWatcher = next } else { file.watchers = next }
            if let next { next.pointee.previousWatcher = previous }
            file.watchEnded(item)
        }
        let next = item.pointee.nextItem
        let previous = item.pointee.previousItem
        if snapshotCursor == item { snapshotCursor = next }
        if let previous { previous.pointee.nextItem = next } else { items = next }
        if let next { next.pointee.previousItem = previous } else { lastItem = previous }
        itemCount -= 1
        item.deinitialize(count: 1)
        item.deallocate()
    }

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
    private func countEdge(_ item: ItemPointer, _ key: EpollEvents) {
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
