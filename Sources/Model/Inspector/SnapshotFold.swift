import Trace
import WasixABI

/// What the model learns from snapshots: the rows of the tables, with those that have just gone, and their rates.
/// Belongs to the inspector's thread.
struct SnapshotFold {
    private var descriptors = RowMemory<DescriptorRow.ID, DescriptorSnapshot>(
        id: { DescriptorRow.ID($0) }, counts: { ($0.bytesIn, $0.bytesOut) }, age: { UInt64($0.object.rawValue) })
    private var epolls = RowMemory<ObjectID, EpollSnapshot>(
        id: { $0.object }, counts: { ($0.waits, $0.eventsDelivered) })
    private var items: [ObjectID: RowMemory<ItemRow.ID, ItemSnapshot>] = [:]
    private var hasSeveralProcesses = false
    private var threads = RowMemory<ThreadID, ThreadRow>(id: { $0.id })
    /// Bytes through all descriptions so far, closed ones included, as far as snapshots show them.
    private var traffic = Traffic()
    private var trafficMeter: RateMeter?
    /// The last tally of each thread. Looks hold that of an ended thread only once, so it is kept here.
    private var lastTallies: [ThreadID: ThreadTally] = [:]
    private(set) var names = ObjectNames()

    /// Fills in descriptors, epoll instances, threads, byte rates and names.
    /// - Parameter tallies: what became of the records of each thread.
    mutating func fold(_ snapshot: KernelSnapshot, tallies: [ThreadTally], into state: inout ModelState) {
        let now = snapshot.takenAt
        state.descriptors = descriptorRows(snapshot.descriptors, now: now)
        (state.load.inPerSecond, state.load.outPerSecond) = totalRates(snapshot, now: now)
        state.epolls = epollRows(snapshot, now: now)
        state.threads = threadRows(snapshot.threads, tallies: tallies, now: now)
        state.processes = snapshot.processes
        hasSeveralProcesses = hasSeveralProcesses || snapshot.processes.count > 1
        state.hasSeveralProcesses = hasSeveralProcesses
        state.names = names
    }

    /// Remembers the names that a description has had so far.
    mutating func learn(_ found: [ObjectName], of object: ObjectID) {
        if !found.isEmpty { names.remember(found, for: object) }
    }

    private mutating func descriptorRows(_ current: [DescriptorSnapshot], now: UInt64) -> [DescriptorRow] {
        var rows: [DescriptorRow] = []
        rows.reserveCapacity(current.count + descriptors.closed.count)
        descriptors.fold(current, at: now) { descriptor, track in
            let rates = track.meter.perSecond(descriptor.bytesIn, descriptor.bytesOut, now: now)
            rows.append(
                DescriptorRow(
                    descriptor: descriptor, mark: track.mark, inPerSecond: rates.0, outPerSecond: rates.1))
        }
        names.trim(keeping: Set(current.lazy.map(\.object)))
        guard !descriptors.closed.isEmpty else { return rows }
        rows += descriptors.closed.map { DescriptorRow(descriptor: $0.value, mark: $0.mark) }
        return rows.sorted {
            ($0.descriptor.process, $0.descriptor.fd, $0.descriptor.object)
                < ($1.descriptor.process, $1.descriptor.fd, $1.descriptor.object)
        }
    }

    /// Bytes a second through all descriptions, each counted once however many numbers stand for it, those included
    /// that came and went between two snapshots.
    private mutating func totalRates(_ snapshot: KernelSnapshot, now: UInt64) -> (Double, Double) {
        var counted: Set<ObjectID> = []
        var sum = snapshot.closedTraffic
        for descriptor in snapshot.descriptors where descriptor.kind != .eventCounter {
            guard descriptor.bytesIn | descriptor.bytesOut != 0, counted.insert(descriptor.object).inserted else {
                continue
            }
            sum.bytesIn &+= descriptor.bytesIn
            sum.bytesOut &+= descriptor.bytesOut
        }
        // A description that was closed while the snapshot was taken is missing until the next one: the sum must not
        // fall.
        traffic.bytesIn = max(traffic.bytesIn, sum.bytesIn)
        traffic.bytesOut = max(traffic.bytesOut, sum.bytesOut)
        guard var meter = trafficMeter else {
            trafficMeter = RateMeter(traffic.bytesIn, traffic.bytesOut, now: now)
            return (0, 0)
        }
        defer { trafficMeter = meter }
        return meter.perSecond(traffic.bytesIn, traffic.bytesOut, now: now)
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
        _ current: [ThreadSnapshot], tallies: [ThreadTally], now: UInt64
    ) -> [ThreadRow] {
        for tally in tallies { lastTallies[tally.thread] = tally }
        let present = current.map { thread in
            ThreadRow(thread: thread, mark: RowMark(firstSeen: now), tally: lastTallies[thread.thread])
        }
        var rows: [ThreadRow] = []
        rows.reserveCapacity(present.count + threads.closed.count)
        threads.fold(present, at: now) { row, track in
            var row = row
            row.mark = track.mark
            rows.append(row)
        }
        rows += threads.closed.map { closed in
            // What the thread recorded between its last snapshot and its end counts as well.
            var row = ThreadRow(thread: closed.value.thread, mark: closed.mark, tally: lastTallies[closed.value.id])
            row.thread.state = .ended
            return row
        }
        if lastTallies.count > 2 * rows.count + 64 {
            let shown = Set(rows.lazy.map(\.id))
            lastTallies = lastTallies.filter { shown.contains($0.key) }
        }
        return rows
    }
}

extension ThreadRow {
    fileprivate init(thread: ThreadSnapshot, mark: RowMark, tally: ThreadTally?) {
        self.init(thread: thread, mark: mark, received: tally?.received ?? 0, dropped: tally?.dropped ?? 0)
    }
}

extension ItemSnapshot {
    /// It was reported and is silent now.
    fileprivate var isSpent: Bool { reason == .edgeSpent || reason == .oneShotSpent }

    /// Whether all fields are the same that a verdict on the item depends on.
    fileprivate func isAsBefore(_ other: ItemSnapshot) -> Bool {
        reason == other.reason && edges == other.edges && reports == other.reports && ready == other.ready
            && mask == other.mask
    }
}

/// Finds descriptors by their open file descriptions; cheap as long as the questions come in the order of the list.
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
