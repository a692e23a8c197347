import Trace
import WasixABI

/// What the model learns from records: the history, latencies, errors by number, loop lag. One call here for each
/// record, up to a million a second, so nothing in it formats, looks up a dictionary or allocates as a rule.
/// Belongs to the inspector's thread.
final class RecordFold {
    private static let errnoSlots = 128
    private static let rows = CallTable.all.count

    private(set) var trace: TraceHistory
    private(set) var waits = TraceHistory(limits: TraceHistory.Limits(entries: 256))
    private var latencies = [LatencyRecorder?](repeating: nil, count: rows)
    private var errors = [UInt64](repeating: 0, count: rows * errnoSlots)
    private let lag = LatencyRecorder()
    /// Ticks that loops spent in waits and between them, since the beginning.
    private(set) var waitTicks: UInt64 = 0
    private(set) var busyTicks: UInt64 = 0
    private var newObjects: Set<ObjectID> = []
    /// Descriptions met lately, by the low bits of their number: most records miss the set.
    private var metObjects = [UInt32](repeating: 0, count: 256)

    init(limits: TraceHistory.Limits) { trace = TraceHistory(limits: limits) }

    @inline(__always)
    func fold(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: ChannelMerger.Origin, time: TraceTime
    ) {
        trace.append(record, payload: payload, process: origin.process, thread: origin.thread)
        guard record.kind == RecordKind.call.rawValue, Int(record.call) < Self.rows else { return }
        latency(of: Int(record.call)).record(time.nanoseconds(record.duration))
        if record.errno != 0 {
            errors[Int(record.call) * Self.errnoSlots + min(Int(record.errno), Self.errnoSlots - 1)] &+= 1
        }
        meet(record.objects.0)
        meet(record.objects.1)
        if record.isEventWait {
            waits.append(record, payload: payload, process: origin.process, thread: origin.thread)
            foldLoop(record, reader: origin.reader, time: time)
        }
    }

    private func foldLoop(_ record: TraceRecord, reader: ChannelReader, time: TraceTime) {
        if reader.lastWaitEnd != 0, record.start > reader.lastWaitEnd {
            let ticks = record.start &- reader.lastWaitEnd
            lag.record(time.nanoseconds(ticks))
            busyTicks &+= ticks
        }
        waitTicks &+= record.duration
        reader.lastWaitEnd = record.start &+ record.duration
    }

    @inline(__always)
    private func latency(of call: Int) -> LatencyRecorder {
        if let recorder = latencies[call] { return recorder }
        let recorder = LatencyRecorder()
        latencies[call] = recorder
        return recorder
    }

    @inline(__always)
    private func meet(_ object: UInt32) {
        let slot = Int(object & 255)
        guard object != 0, metObjects[slot] != object else { return }
        metObjects[slot] = object
        newObjects.insert(ObjectID(rawValue: object))
    }

    /// Descriptions that records named since the last call; some may be known.
    func takeNewObjects() -> Set<ObjectID> {
        defer { newObjects.removeAll(keepingCapacity: true) }
        return newObjects
    }

    var loopLag: LatencySummary { lag.summary }

    /// Latency of `call` and its errors, most frequent first.
    func describe(_ call: CallID, in statistics: inout CallStatistics) {
        let row = Int(call.rawValue)
        if let recorder = latencies[row] { statistics.latency = recorder.summary }
        guard statistics.errors > 0 else { return }
        let counts = errors[(row * Self.errnoSlots)..<((row + 1) * Self.errnoSlots)]
        statistics.errorCounts = counts.enumerated().filter { $0.element > 0 }
            .map { CallStatistics.ErrorCount(errno: Errno(rawValue: UInt16($0.offset)), count: $0.element) }
            .sorted { ($1.count, $0.errno.rawValue) < ($0.count, $1.errno.rawValue) }
    }
}

extension TraceRecord {
    /// A finished wait for events of any descriptors.
    fileprivate var isEventWait: Bool {
        call == CallID.epollWait.rawValue || call == CallID.pollOneoff.rawValue
            || call == CallID.pollOneoffUnstable.rawValue
    }
}
