import Trace
import WasixABI

/// Everything the inspector knows at one instant: a value that never changes. Freezing the display is keeping it.
package struct ModelState: Sendable {
    /// Turns the ticks in `trace` and `waits` into nanoseconds.
    package var time = TraceTime()
    /// CLOCK_MONOTONIC nanoseconds of this instant.
    package var now: UInt64 = 0
    /// How long the guest has run, in nanoseconds; stands still once it has ended.
    package var uptime: UInt64 = 0
    package var guest: GuestState = .running
    /// How far the guest may run.
    package var pace = GuestPace.free
    /// The thread whose call has paused the guest; nil when the user has.
    package var pausedBy: ThreadID?
    /// It is paused, and nothing of it moves: until the next step only a timeout, or what comes from outside, changes anything.
    package var isSettled = false
    /// Steps that threads were told to make so far.
    package var stepsGiven: UInt64 = 0
    /// The calls that last took a high descriptor number, one of each kind.
    package var openings: [DescriptorOpening] = []
    /// What the last waits did on the instances that somebody asks about; of a guest that has ended on all.
    package var histories: [ObjectID: WaitHistory] = [:]
    /// How often whoever inspects the guest has changed it.
    package var interventions: UInt64 = 0

    /// Exact: of the latest snapshot, with rows that have just gone.
    package var descriptors: [DescriptorRow] = []
    package var epolls: [EpollRow] = []
    package var threads: [ThreadRow] = []
    package var processes: [ProcessSnapshot] = []
    /// There is more than one process, or was.
    package var hasSeveralProcesses = false

    /// Exact: from the guest's counters; calls that were made at least once, in the order of the call table.
    package var calls: [CallStatistics] = []
    package var totalCalls: UInt64 = 0
    package var totalErrors: UInt64 = 0
    package var load = LoadSummary()

    /// Lossy: the records that were received, with gaps where records were lost.
    package var trace = TraceHistory()
    /// The last finished waits for events (`epoll_wait`, `poll_oneoff`).
    package var waits = TraceHistory(limits: TraceHistory.Limits(entries: 256))
    package var loss = LossSummary()

    package var output = OutputHistory()
    /// Short names of open file descriptions, closed ones included.
    package var names = ObjectNames()

    package init() {}
}

/// How busy the guest is, over the last second or so.
package struct LoadSummary: Sendable {
    package var callsPerSecond: Double = 0
    /// Calls a second, one sample for each of the last 60 seconds, oldest first.
    package var callRateSamples: [Double] = []
    /// Bytes through all descriptors.
    package var inPerSecond: Double = 0
    package var outPerSecond: Double = 0
    /// From the return of a wait to the same thread's next wait.
    package var loopLag = LatencySummary()
    /// The part of its time that the loops spent waiting, 0...1; nil when nothing waits for events.
    package var waitShare: Double?

    package init() {}
}

/// How many records there were, and how many of them arrived: received + dropped = emitted, always.
package struct LossSummary: Sendable, Equatable {
    package var received: UInt64 = 0
    package var dropped: UInt64 = 0
    /// How full the fullest ring was since the last state, 0...1.
    package var ringFill: Double = 0

    package init() {}
}

extension ModelState {
    /// Processes that whoever inspects the guest has paused one by one.
    package var pausedProcesses: [ProcessID] {
        processes.filter { $0.isPausedAlone && $0.state == .running }.map(\.process)
    }

    /// All processes are paused, at once or one by one.
    package var standsStill: Bool {
        guard pace != .paused else { return true }
        let paused = pausedProcesses.count
        return paused > 0 && paused == processes.count { $0.state == .running }
    }
}
