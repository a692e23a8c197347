import Trace
import WasixABI

/// What the model learns from snapshots: the rows of the tables, with those that have just gone, and their rates.
/// Belongs to the inspector's thread.
struct SnapshotFold {
    private var descriptors = RowMemory<DescriptorRow.ID, DescriptorSnapshot>(
        id: { DescriptorRow.ID($0) }, counts: { ($0.bytesIn, $0.bytesOut) })
    private var epolls = RowMemory<ObjectID, EpollSnapshot>(
        id: { $0.object }, counts: { ($0.waits, $0.eventsDelivered) })
    private var items: [ObjectID: RowMemory<ItemRow.ID, ItemSnapshot>] = [:]
    private var threads = RowMemory<ThreadID, ThreadSnapshot>(id: { $0.thread })
    private(set) var names = ObjectNames()

    /// Fills in descriptors, epoll instances, threads, byte rates and names.
    /// - Parameter met: descriptions that records spoke of since the last time.
    mutating func fold(
        _ snapshot: KernelSnapshot, met: Set<ObjectID>, readers: [ChannelReader], control: any GuestControl,
        into state: inout ModelState
    ) {
        let now = snapshot.takenAt
        for object in met where !names.contains(object) { learn(object, from: control) }
        state.descriptors = descriptorRows(snapshot.descriptors, control: control, now: now)
        (state.load.inPerSecond, state.load.outPerSecond) = totalRates(state.descriptors)
        state.epolls = epollRows(snapshot, now: now)
        state.threads = threadRows(snapshot.threads, readers: readers, now: now)
        state.names = names
    }

    private mutating func learn(_ object: ObjectID, from control: any GuestControl) {
        if let name = control.objectName(object) { names.remember(name, for: object) }
    }

    private mutating func descriptorRows(
        _ current: [DescriptorSnapshot], control: any GuestControl, now: UInt64
    ) -> [DescriptorRow] {
        let before = descriptors.previous
        var rows: [DescriptorRow] = []
        rows.reserveCapacity(current.count + descriptors.closed.count)
        var renamed: [ObjectID] = []
        descriptors.fold(current, at: now) { descriptor, track in
            let rates = track.meter.perSecond(descriptor.bytesIn, descriptor.bytesOut, now: now)
            rows.append(
                DescriptorRow(
                    descriptor: descriptor, mark: track.mark, inPerSecond: rates.0, outPerSecond: rates.1))
            let known = track.previous.map { before[$0] }
            if known == nil || known?.detail.identity != descriptor.detail.identity {
                renamed.append(descriptor.object)
            }
        }
        for object in renamed { learn(object, from: control) }
        names.trim(keeping: Set(current.lazy.map(\.object)))
        guard !descriptors.closed.isEmpty else { return rows }
        rows += descriptors.closed.map { DescriptorRow(descriptor: $0.value, mark: $0.mark) }
        return rows.sorted {
            ($0.descriptor.process, $0.descriptor.fd, $0.descriptor.object)
                < ($1.descriptor.process, $1.descriptor.fd, $1.descriptor.object)
        }
    }

    /// Bytes a second through all descriptions, each counted once however many numbers stand for it.
    private func totalRates(_ rows: [DescriptorRow]) -> (Double, Double) {
        var counted: Set<ObjectID> = []
        var totals = (0.0, 0.0)
        for row in rows where row.inPerSecond + row.outPerSecond > 0 && row.descriptor.kind != .eventCounter {
            guard counted.insert(row.descriptor.object).inserted else { continue }
            totals.0 += row.inPerSecond
            totals.1 += row.outPerSecond
        }
        return totals
    }

    private mutating func epollRows(_ snapshot: KernelSnapshot, now: UInt64) -> [EpollRow] {
        var rows: [EpollRow] = []
        epolls.fold(snapshot.epolls, at: now) { epoll, track in
            let rates = track.meter.perSecond(epoll.waits, epoll.eventsDelivered, now: now)
            rows.append(
                EpollRow(
                    epoll: epoll, mark: track.mark, items: [], waitsPerSecond: rates.0, eventsPerSecond: rates.1))
        }
        rows += epolls.closed.map { EpollRow(epoll: $0.value, mark: $0.mark, items: []) }
        let isAnyoneRunning = snapshot.threads.contains { $0.state == .running }
        var lookup = DescriptorLookup(snapshot.descriptors)
        for index in rows.indices {
            rows[index].items = itemRows(rows[index].epoll, &lookup, isAnyoneRunning: isAnyoneRunning, now: now)
        }
        if items.count > rows.count {
            let shown = Set(rows.map(\.id))
            items = items.filter { shown.contains($0.key) }
        }
        return rows
    }

    private mutating func itemRows(
        _ epoll: EpollSnapshot, _ lookup: inout DescriptorLookup, isAnyoneRunning: Bool, now: UInt64
    ) -> [ItemRow] {
        let object = epoll.object
        var memory =
            items.removeValue(forKey: object)
            ?? RowMemory(id: { ItemRow.ID(epoll: object, fd: $0.fd, object: $0.object) })
        var rows: [ItemRow] = []
        rows.reserveCapacity(epoll.items.count + memory.closed.count)
        let before = memory.previous
        memory.fold(epoll.items, at: now) { item, track in
            let descriptor = item.isSpent ? lookup.find(item.object) : nil
            let bytes = descriptor?.bytesIn ?? 0
            if track.previous.map({ !before[$0].isAsBefore(item) }) ?? true || bytes != track.still.bytes {
                track.still = .init(since: now, bytes: bytes, waits: epoll.waits)
            }
            rows.append(
                ItemRow(
                    epoll: object, item: item, mark: track.mark, unchangedSince: track.still.since,
                    unread: descriptor?.queue?.used,
                    isLoopBack: !epoll.waiters.isEmpty || epoll.waits != track.still.waits || !isAnyoneRunning))
        }
        rows += memory.closed.map { ItemRow(epoll: object, item: $0.value, mark: $0.mark) }
        items[object] = memory
        return rows
    }

    private mutating func threadRows(
        _ current: [ThreadSnapshot], readers: [ChannelReader], now: UInt64
    ) -> [ThreadRow] {
        var rows: [ThreadRow] = []
        threads.fold(current, at: now) { rows.append(ThreadRow(thread: $0, mark: $1.mark)) }
        rows += threads.closed.map { closed in
            var row = ThreadRow(thread: closed.value, mark: closed.mark)
            row.thread.state = .ended
            return row
        }
        let byThread = Dictionary(readers.map { ($0.channel.thread, $0) }) { $1 }
        for index in rows.indices {
            rows[index].received = byThread[rows[index].id]?.received ?? 0
            rows[index].dropped = byThread[rows[index].id]?.dropped ?? 0
        }
        return rows
    }
}

extension ItemSnapshot {
    /// It was reported and is silent now.
    fileprivate var isSpent: Bool { reason == .edgeSpent || reason == .oneShotSpent }

    /// In everything that a verdict on it asks for.
    fileprivate func isAsBefore(_ other: ItemSnapshot) -> Bool {
        reason == other.reason && edges == other.edges && reports == other.reports && ready == other.ready
            && mask == other.mask
    }
}

/// Finds descriptors by what they stand for; cheap as long as the questions come in the order of the list.
private struct DescriptorLookup {
    private static let reach = 32
    private let all: [DescriptorSnapshot]
    private var cursor = 0
    /// Made for the first question that is out of order.
    private var index: [ObjectID: Int]?

    init(_ all: [DescriptorSnapshot]) { self.all = all }

    /// A descriptor of `object`; nil when there is none.
    mutating func find(_ object: ObjectID) -> DescriptorSnapshot? {
        for position in cursor..<min(cursor + Self.reach, all.count) where all[position].object == object {
            cursor = position + 1
            return all[position]
        }
        if index == nil {
            index = Dictionary(zip(all.lazy.map(\.object), all.indices)) { first, _ in first }
        }
        guard let position = index?[object] else { return nil }
        cursor = position + 1
        return all[position]
    }
}

extension ObjectDetail {
    /// The part of the detail that names are made of: not a counter's value, nor how many items are ready.
    fileprivate var identity: ObjectDetail {
        switch self {
        case .none, .path, .channel, .socket: self
        case .counter, .epoll: .none
        }
    }
}
