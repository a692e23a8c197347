import Trace

/// The inputs of an inspection that watches a guest of this program. Belongs to the inspector's thread.
package struct LiveSource: InspectionSource {
    private let clock: TickClock
    private let guest: any InspectedGuest
    private var merger: ChannelMerger
    private var counters: CounterReader
    private var time: TraceTime
    private var objects = NewObjects()

    package init(tracer: Tracer, guest: any InspectedGuest) {
        clock = tracer.clock
        self.guest = guest
        merger = ChannelMerger(tracer: tracer)
        counters = CounterReader(tracer: tracer)
        time = TraceTime(measuring: tracer.clock)
    }

    package mutating func next(into input: inout InspectionInput, withLook: Bool) {
        time = time.refined(by: clock)
        input.reset(time: time)
        _ = merger.drain(into: &input.records)
        input.ringFill = merger.fill
        input.records.forEach { objects.meet($0) }
        if withLook { input.look = look(&input.records) }
        for object in objects.take() {
            let names = guest.names(of: object)
            if !names.isEmpty { input.names.append((object, names)) }
        }
        input.output = guest.takeOutput()
    }

    private mutating func look(_ records: inout RecordBatch) -> InspectionLook {
        let snapshot = guest.snapshot()
        objects.meet(snapshot.descriptors)
        if snapshot.guest.hasEnded {
            merger.finish(into: &records)
            records.forEach { objects.meet($0) }
        }
        merger.adoptChannels()
        let calls = counters.read(merger.readers, inProgressAsOf: snapshot)
        return InspectionLook(
            snapshot: snapshot, calls: calls, threads: merger.readers.map(\.tally) + merger.takeRetired(),
            received: merger.received, dropped: merger.dropped, hasEnded: snapshot.guest.hasEnded)
    }
}

/// Descriptions whose names are to be asked for: a record refers to them for the first time, or a snapshot shows that
/// their name has changed. Most records refer to a description that was met just before.
private struct NewObjects {
    /// How many descriptions are remembered as met.
    private static let limit = 65_536

    /// Descriptions met lately, by the low bits of their number: most records need no look-up in `met`.
    private var lately = [UInt32](repeating: 0, count: 256)
    private var met: Set<UInt32> = []
    private var new: [ObjectID] = []
    /// Descriptors of the snapshot before.
    private var previous: [DescriptorSnapshot] = []

    /// Rows keep their order from one snapshot to the next: both lists are gone through side by side.
    mutating func meet(_ current: [DescriptorSnapshot]) {
        var cursor = 0
        for descriptor in current {
            while cursor < previous.count, previous[cursor].place < descriptor.place { cursor += 1 }
            let isKnown = cursor < previous.count && previous[cursor].isNamed(as: descriptor)
            if !isKnown {
                new.append(descriptor.object)
                met.insert(descriptor.object.rawValue)
            }
        }
        previous = current
    }

    @inline(__always)
    mutating func meet(_ record: TraceRecord) {
        guard record.kind == RecordKind.call.rawValue else { return }
        meet(record.objects.0)
        meet(record.objects.1)
    }

    @inline(__always)
    private mutating func meet(_ object: UInt32) {
        let slot = Int(object & 255)
        guard object != 0, lately[slot] != object else { return }
        lately[slot] = object
        guard met.insert(object).inserted else { return }
        new.append(ObjectID(rawValue: object))
    }

    mutating func take() -> [ObjectID] {
        defer { new.removeAll(keepingCapacity: true) }
        if met.count > Self.limit { met.removeAll() }
        return new
    }
}

extension DescriptorSnapshot {
    /// Where it stands in a snapshot.
    fileprivate var place: (ProcessID, FdNumber) { (process, fd) }

    fileprivate func isNamed(as other: DescriptorSnapshot) -> Bool {
        process == other.process && fd == other.fd && object == other.object
            && detail.identity == other.detail.identity
    }
}

extension ObjectDetail {
    /// The part of the detail that is in names. A counter's value and the number of ready items are not.
    fileprivate var identity: ObjectDetail {
        switch self {
        case .none, .path, .channel, .socket: self
        case .counter, .epoll: .none
        }
    }
}
