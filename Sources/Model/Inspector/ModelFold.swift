import Trace
import WasixABI

/// The fold: inputs go in, in order, and a `ModelState` comes out. It asks nobody for anything, so the same inputs make
/// the same state, live or recorded. A value that belongs to one thread.
package struct ModelFold {
    private var records: RecordFold
    private var counters = CounterFold()
    private var snapshots = SnapshotFold()
    private var output = OutputHistory()
    private var fullest = 0.0
    /// When the guest was first seen to have ended.
    private var endedAt: UInt64?

    package init(limits: TraceHistory.Limits = TraceHistory.Limits()) {
        records = RecordFold(limits: limits, time: TraceTime())
    }

    /// Takes one input.
    /// - Returns: the state as of its look; nil when it has none.
    package mutating func fold(_ input: InspectionInput) -> ModelState? {
        records.time = input.time
        input.records.hand(to: &records)
        fullest = max(fullest, input.ringFill)
        for (object, names) in input.names { snapshots.learn(names, of: object) }
        for chunk in input.output { output.append(chunk) }
        return input.look.map { state(of: $0) }
    }

    private mutating func state(of look: InspectionLook) -> ModelState {
        let snapshot = look.snapshot
        if look.hasEnded, endedAt == nil { endedAt = snapshot.takenAt }
        counters.sample(
            look.calls, waitTicks: records.waitTicks, busyTicks: records.busyTicks, now: snapshot.takenAt)

        var state = ModelState()
        state.time = records.time
        state.now = snapshot.takenAt
        state.uptime = records.time.sinceStart(monotonic: endedAt ?? snapshot.takenAt)
        state.guest = snapshot.guest
        state.pace = snapshot.pace
        state.isSettled = snapshot.isSettled
        state.stepsGiven = snapshot.stepsGiven
        state.pausedBy = snapshot.pausedBy
        state.openings = snapshot.openings
        state.interventions = snapshot.interventions
        // Processes that share an instance both tell of it.
        state.histories = Dictionary(snapshot.histories.map { ($0.instance, $0) }) { first, _ in first }
        state.load = counters.load(isWaiting: snapshot.threads.contains(where: \.isWaitingForEvents))
        state.load.loopLag = records.loopLag()
        snapshots.fold(snapshot, tallies: look.threads, into: &state)
        state.calls = counters.statistics(records: &records)
        state.totalCalls = counters.allCalls
        state.totalErrors = counters.allErrors
        state.trace = records.trace
        state.waits = records.waits
        state.loss.received = look.received
        state.loss.dropped = look.dropped
        state.loss.ringFill = fullest
        fullest = 0
        state.output = output
        return state
    }
}

extension ThreadSnapshot {
    fileprivate var isWaitingForEvents: Bool {
        state == .blocked && call?.isEventWait ?? false
    }
}
