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
        if withLook { input.look = look(&input.records) }
        nameObjects(in: &input)
        input.output = guest.takeOutput()
    }

    private mutating func look(_ records: inout RecordBatch) -> InspectionLook {
        let snapshot = guest.snapshot()
        if snapshot.guest.hasEnded { merger.finish(into: &records) }
        merger.adoptChannels()
        let calls = counters.read(merger.readers, inProgressAsOf: snapshot)
        return InspectionLook(
            snapshot: snapshot, calls: calls, threads: merger.readers.map(\.tally) + merger.takeRetired(),
            received: merger.received, dropped: merger.dropped, hasEnded: snapshot.guest.hasEnded)
    }

    private mutating func nameObjects(in input: inout InspectionInput) {
        input.records.forEach { objects.meet($0) }
        for object in objects.take() {
            if let name = guest.objectName(object) { input.names.append((object, name)) }
        }
    }
}

/// Descriptions that records speak of for the first time. Most records speak of one that was met just before.
private struct NewObjects {
    /// Of so many descriptions it is remembered that they were met.
    private static let limit = 65_536

    /// Met lately, by the low bits of their number: most records miss the set.
    private var lately = [UInt32](repeating: 0, count: 256)
    private var met: Set<UInt32> = []
    private var new: [ObjectID] = []

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
