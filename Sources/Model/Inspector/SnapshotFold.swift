import Trace
import WasixABI

/// What the model learns from snapshots: the rows of the tables, with those that have just gone, and their rates.
/// Belongs to the inspector's thread.
struct SnapshotFold {
    private var descriptorMemory = RowMemory<DescriptorRow.ID, DescriptorSnapshot>()
    private var epollMemory = RowMemory<ObjectID, EpollSnapshot>()
    private var itemMemory: [ObjectID: RowMemory<ItemRow.ID, ItemSnapshot>] = [:]
    private var threadMemory = RowMemory<ThreadID, ThreadSnapshot>()
    private var byteRates = ObjectRates()
    private var waitRates = ObjectRates()
    private(set) var names = ObjectNames()

    /// Fills in descriptors, epoll instances, threads and byte rates.
    mutating func fold(_ snapshot: KernelSnapshot, readers: [ChannelReader], into state: inout ModelState) {
        let now = snapshot.takenAt
        state.descriptors = descriptorRows(snapshot.descriptors, now: now)
        (state.load.inPerSecond, state.load.outPerSecond) = totalRates(state.descriptors)
        state.epolls = epollRows(snapshot.epolls, now: now)
        state.threads = threadRows(snapshot.threads, readers: readers, now: now)
    }

    /// Asks `control` for the names of descriptions that are new or have changed.
    mutating func learnNames(_ snapshot: KernelSnapshot, met: Set<ObjectID>, from control: any GuestControl) {
        for object in met where !names.contains(object) { learn(object, from: control) }
        for descriptor in snapshot.descriptors {
            let known = descriptorMemory.last(DescriptorRow.ID(descriptor))
            if known?.detail != descriptor.detail || !names.contains(descriptor.object) {
                learn(descriptor.object, from: control)
            }
        }
        names.trim { object in snapshot.descriptors.contains { $0.object == object } }
    }

    private mutating func learn(_ object: ObjectID, from control: any GuestControl) {
        if let name = control.objectName(object) { names.remember(name, for: object) }
    }

    private mutating func descriptorRows(_ descriptors: [DescriptorSnapshot], now: UInt64) -> [DescriptorRow] {
        let (marks, closed) = descriptorMemory.fold(descriptors, at: now) { DescriptorRow.ID($0) }
        byteRates.add(at: now) {
            Dictionary(descriptors.map { ($0.object, ($0.bytesIn, $0.bytesOut)) }) { first, _ in first }
        }
        var rows: [DescriptorRow] = []
        rows.reserveCapacity(descriptors.count + closed.count)
        for (descriptor, mark) in zip(descriptors, marks) {
            let rates = byteRates.perSecond(
                descriptor.object, (descriptor.bytesIn, descriptor.bytesOut), now: now)
            rows.append(
                DescriptorRow(descriptor: descriptor, mark: mark, inPerSecond: rates.0, outPerSecond: rates.1))
        }
        guard !closed.isEmpty else { return rows }
        rows += closed.map { DescriptorRow(descriptor: $0.value, mark: $0.mark) }
        return rows.sorted {
            ($0.descriptor.process, $0.descriptor.fd, $0.descriptor.object)
                < ($1.descriptor.process, $1.descriptor.fd, $1.descriptor.object)
        }
    }

    /// Bytes a second through all descriptions, each counted once however many numbers stand for it.
    private func totalRates(_ rows: [DescriptorRow]) -> (Double, Double) {
        var counted: Set<ObjectID> = []
        var totals = (0.0, 0.0)
        for row in rows where row.descriptor.kind != .eventCounter && counted.insert(row.descriptor.object).inserted {
            totals.0 += row.inPerSecond
            totals.1 += row.outPerSecond
        }
        return totals
    }

    private mutating func epollRows(_ epolls: [EpollSnapshot], now: UInt64) -> [EpollRow] {
        let (marks, closed) = epollMemory.fold(epolls, at: now) { $0.object }
        waitRates.add(at: now) {
            Dictionary(epolls.map { ($0.object, ($0.waits, $0.eventsDelivered)) }) { first, _ in first }
        }
        var rows = zip(epolls, marks).map { epoll, mark in
            let rates = waitRates.perSecond(epoll.object, (epoll.waits, epoll.eventsDelivered), now: now)
            return EpollRow(
                epoll: epoll, mark: mark, items: itemRows(epoll, now: now), waitsPerSecond: rates.0,
                eventsPerSecond: rates.1)
        }
        rows += closed.map { EpollRow(epoll: $0.value, mark: $0.mark, items: itemRows($0.value, now: now)) }
        if itemMemory.count > rows.count {
            let shown = Set(rows.map(\.id))
            itemMemory = itemMemory.filter { shown.contains($0.key) }
        }
        return rows
    }

    private mutating func itemRows(_ epoll: EpollSnapshot, now: UInt64) -> [ItemRow] {
        let (marks, closed) = itemMemory[epoll.object, default: RowMemory()].fold(epoll.items, at: now) {
            ItemRow.ID(epoll: epoll.object, fd: $0.fd, object: $0.object)
        }
        return zip(epoll.items, marks).map { ItemRow(epoll: epoll.object, item: $0, mark: $1) }
            + closed.map { ItemRow(epoll: epoll.object, item: $0.value, mark: $0.mark) }
    }

    private mutating func threadRows(
        _ threads: [ThreadSnapshot], readers: [ChannelReader], now: UInt64
    ) -> [ThreadRow] {
        let (marks, closed) = threadMemory.fold(threads, at: now) { $0.thread }
        let current = zip(threads, marks).map { ThreadRow(thread: $0, mark: $1) }
        let gone = closed.map { ThreadRow(thread: $0.value, mark: $0.mark) }
        let byThread = Dictionary(readers.map { ($0.channel.thread, $0) }) { $1 }
        return (current + gone).map { row in
            var row = row
            if row.mark.isClosed { row.thread.state = .ended }
            row.received = byThread[row.id]?.received ?? 0
            row.dropped = byThread[row.id]?.dropped ?? 0
            return row
        }
    }
}
