import DequeModule
import Trace
import WasixABI

/// What the model learns from the guest's exact counters: calls, errors, time, rates. Belongs to the inspector's
/// thread.
struct CounterFold {
    private static let secondsKept = 60

    /// The calls of each row, then all calls, then the ticks of waits and of the time between them.
    private var window = RateWindow()
    private var totals = [CallTotal](repeating: CallTotal(), count: CallTable.all.count)
    private var seconds = Deque<Double>()
    private var secondBegan: UInt64 = 0
    private var callsThen: UInt64 = 0

    private var allIndex: Int { totals.count }
    private(set) var allCalls: UInt64 = 0
    private(set) var allErrors: UInt64 = 0

    /// Takes the counts of all calls as of `now` (CLOCK_MONOTONIC nanoseconds). A call counts from its begin.
    /// - Parameters:
    ///   - waitTicks: what loops spent in waits.
    ///   - busyTicks: what they spent between waits.
    mutating func sample(_ calls: [CallTotal], waitTicks: UInt64, busyTicks: UInt64, now: UInt64) {
        var counts = [UInt64](repeating: 0, count: totals.count + 3)
        allCalls = 0
        allErrors = 0
        for (row, total) in calls.enumerated() where row < totals.count {
            totals[row] = total
            counts[row] = total.calls
            allCalls &+= total.calls
            allErrors &+= total.finished.errors
        }
        counts[allIndex] = allCalls
        counts[allIndex + 1] = waitTicks
        counts[allIndex + 2] = busyTicks
        window.add(counts, at: now)
        sampleSecond(now: now)
    }

    private mutating func sampleSecond(now: UInt64) {
        guard secondBegan != 0 else {
            secondBegan = now
            callsThen = allCalls
            return
        }
        guard now >= secondBegan &+ 1_000_000_000 else { return }
        seconds.append(Double(allCalls &- callsThen) / (Double(now &- secondBegan) / 1e9))
        if seconds.count > Self.secondsKept { seconds.removeFirst() }
        secondBegan = now
        callsThen = allCalls
    }

    /// Every call that was made at least once, those included that threads are in.
    func statistics(records: inout RecordFold) -> [CallStatistics] {
        CallID.allCases.compactMap { call in
            let total = totals[Int(call.rawValue)]
            guard total.calls > 0 else { return nil }
            var statistics = CallStatistics(call: call)
            statistics.calls = total.calls
            statistics.inProgress = total.inProgress
            statistics.errors = total.finished.errors
            statistics.wall = records.time.nanoseconds(total.finished.ticks) &+ total.inProgressTime
            let waited = records.time.nanoseconds(total.finished.waitTicks) &+ total.inProgressTime
            statistics.busy = statistics.wall - min(waited, statistics.wall)
            statistics.callsPerSecond = window.perSecond(Int(call.rawValue))
            records.describe(call, in: &statistics)
            return statistics
        }
    }

    /// The part of the load that comes from counters.
    /// - Parameter isWaiting: some thread is in a wait for events now.
    func load(isWaiting: Bool) -> LoadSummary {
        var load = LoadSummary()
        load.callsPerSecond = window.perSecond(allIndex)
        load.callRateSamples = Array(seconds)
        let waited = window.growth(allIndex + 1)
        let busy = window.growth(allIndex + 2)
        if waited &+ busy > 0 {
            load.waitShare = Double(waited) / Double(waited &+ busy)
        } else if isWaiting {
            load.waitShare = 1
        }
        return load
    }
}

extension CallTotal {
    fileprivate var calls: UInt64 { finished.calls &+ inProgress }
}
