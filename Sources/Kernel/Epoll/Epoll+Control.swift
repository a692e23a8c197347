import Trace
import WasixABI

/// Registering what an instance watches: `epoll_ctl`. Lock held for everything.
extension Epoll {
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
}
