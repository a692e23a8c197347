import Trace
import WasixABI

/// What the model learns from records: the history, latencies, errors by number, loop lag. `take` runs once for each
/// record, up to a million a second, so nothing in it formats, hashes or allocates as a rule.
/// Belongs to the inspector's thread.
struct RecordFold: RecordSink {
    private static let errnoSlots = 128

    private(set) var trace: TraceHistory
    private(set) var waits = TraceHistory(limits: TraceHistory.Limits(entries: 256))
    /// Converts the records' ticks to nanoseconds.
    var time: TraceTime
    private let rows = CallTable.all.count
    private var latencies: [LatencyRecorder] = []
    /// Index into `latencies` by call; -1 for a call without a record so far.
    private var latencyIndex: [Int]
    private var errors: [UInt64]
    private var lag = LatencyRecorder()
    /// When each thread's last wait for events returned, in ticks, by its slot.
    private var lastWaitEnd: [(thread: ThreadID, end: UInt64)] = []
    /// Ticks that loops spent in waits and between them, since the beginning.
    private(set) var waitTicks: UInt64 = 0
    private(set) var busyTicks: UInt64 = 0

    init(limits: TraceHistory.Limits, time: TraceTime) {
        trace = TraceHistory(limits: limits)
        self.time = time
        latencyIndex = [Int](repeating: -1, count: rows)
        errors = [UInt64](repeating: 0, count: rows * Self.errnoSlots)
    }

    @inline(__always)
    mutating func take(_ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin) {
        trace.append(record, payload: payload, process: origin.process, thread: origin.thread)
        let call = Int(record.call)
        guard record.kind == RecordKind.call.rawValue, call < rows else { return }
        // A call that was cut off by the guest's end has no meaningful latency and no error.
        guard record.flags & TraceRecord.Flags.unfinished == 0 else { return }
        latencies[latency(of: call)].record(time.nanoseconds(record.duration))
        if record.errno != 0 { errors[call * Self.errnoSlots + min(Int(record.errno), Self.errnoSlots - 1)] &+= 1 }
        if record.isEventWait { takeWait(record, payload: payload, from: origin) }
    }

    private mutating func takeWait(
        _ record: TraceRecord, payload: UnsafeRawBufferPointer, from origin: RecordOrigin
    ) {
        waits.append(record, payload: payload, process: origin.process, thread: origin.thread)
        while lastWaitEnd.count <= origin.slot { lastWaitEnd.append((origin.thread, 0)) }
        let last = lastWaitEnd[origin.slot]
        let before = last.thread == origin.thread ? last.end : 0
        if before != 0, record.start > before {
            lag.record(time.nanoseconds(record.start &- before))
            busyTicks &+= record.start &- before
        }
        waitTicks &+= record.duration
        lastWaitEnd[origin.slot] = (origin.thread, record.start &+ record.duration)
    }

    @inline(__always)
    private mutating func latency(of call: Int) -> Int {
        if latencyIndex[call] < 0 {
            latencyIndex[call] = latencies.count
            latencies.append(LatencyRecorder())
        }
        return latencyIndex[call]
    }

    mutating func loopLag() -> LatencySummary { lag.summarize() }

    /// Latency of `call` and its errors, most frequent first.
    mutating func describe(_ call: CallID, in statistics: inout CallStatistics) {
        let row = Int(call.rawValue)
        if latencyIndex[row] >= 0 { statistics.latency = latencies[latencyIndex[row]].summarize() }
        guard statistics.errors > 0 else { return }
        let counts = errors[(row * Self.errnoSlots)..<((row + 1) * Self.errnoSlots)]
        statistics.errorCounts = counts.enumerated().filter { $0.element > 0 }
            .map { CallStatistics.ErrorCount(errno: Errno(rawValue: UInt16($0.offset)), count: $0.element) }
            .sorted { ($1.count, $0.errno.rawValue) < ($0.count, $1.errno.rawValue) }
    }
}

extension TraceRecord {
    /// A wait for events (`epoll_wait`, `poll_oneoff`).
    fileprivate var isEventWait: Bool {
        CallID(rawValue: call)?.isEventWait ?? false
    }
}
