import Glibc
import Trace
import WasixABI

/// The fold: records, counters, snapshots and output go in, a `ModelState` comes out. Belongs to one thread.
package final class ModelFold {
    private let clock: TickClock
    private let control: any GuestControl
    private var merger: ChannelMerger
    private var records: RecordFold
    private var counters = CounterFold()
    private var snapshots = SnapshotFold()
    private var output = OutputHistory()
    private var fullest = 0.0
    /// When the guest was first seen to have ended.
    private var endedAt: UInt64?

    package init(tracer: Tracer, control: any GuestControl, limits: TraceHistory.Limits = TraceHistory.Limits()) {
        clock = tracer.clock
        self.control = control
        merger = ChannelMerger(tracer: tracer)
        records = RecordFold(limits: limits, time: TraceTime(measuring: tracer.clock))
    }

    /// Takes what the rings hold.
    /// - Returns: how many records there were, and how full the fullest ring was (0...1).
    package func drain() -> (count: Int, fill: Double) {
        records.time = records.time.refined(by: clock)
        let count = merger.drain(into: &records)
        fullest = max(fullest, merger.fill)
        return (count, merger.fill)
    }

    /// Takes what is left once no guest thread records any more.
    package func finish() { merger.finish(into: &records) }

    /// Pulls a snapshot and the output, and makes the state of this instant.
    package func makeState() -> ModelState {
        let snapshot = control.snapshot()
        if snapshot.guest.hasEnded, endedAt == nil {
            endedAt = snapshot.takenAt
            finish()
        }
        for chunk in control.takeOutput() { output.append(chunk) }
        merger.adoptChannels()
        counters.sample(
            merger.readers.map(\.channel), waitTicks: records.waitTicks, busyTicks: records.busyTicks,
            now: snapshot.takenAt)

        var state = ModelState()
        state.time = records.time
        state.now = snapshot.takenAt
        state.uptime = records.time.sinceStart(monotonic: endedAt ?? snapshot.takenAt)
        state.guest = snapshot.guest
        state.load = counters.load(isWaiting: snapshot.threads.contains(where: \.isWaitingForEvents))
        state.load.loopLag = records.loopLag()
        snapshots.fold(
            snapshot, met: records.takeNewObjects(), readers: merger.readers, control: control, into: &state)
        state.calls = counters.statistics(records: &records, threads: snapshot.threads, now: snapshot.takenAt)
        state.totalCalls = state.calls.reduce(0) { $0 &+ $1.calls }
        state.totalErrors = counters.allErrors
        state.trace = records.trace
        state.waits = records.waits
        state.loss.received = merger.received
        state.loss.dropped = merger.dropped
        state.loss.ringFill = fullest
        fullest = 0
        state.output = output
        return state
    }
}

extension ThreadSnapshot {
    fileprivate var isWaitingForEvents: Bool {
        state == .blocked && (call == .epollWait || call == .pollOneoff || call == .pollOneoffUnstable)
    }
}
