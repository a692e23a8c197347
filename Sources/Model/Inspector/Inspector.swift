import Glibc
import Synchronization
import Trace

/// The inspector's own thread: takes inputs from a source, folds them, and publishes a `ModelState` at most ten times a
/// second.
package final class Inspector: Sendable {
    private final class Latest: Sendable {
        let state = Mutex(ModelState())

        func publish(_ new: ModelState) {
            // The old state is released outside the lock, because that may free much memory.
            _ = state.withLock { state in
                let old = state
                state = new
                return old
            }
        }
    }

    private let latestState: Latest
    private let thread: PollingThread

    /// - Parameter onPublish: called on the inspector's thread with each new state.
    package init(
        source: sending any InspectionSource, limits: TraceHistory.Limits = TraceHistory.Limits(),
        onPublish: @escaping @Sendable (ModelState) -> Void
    ) {
        let latest = Latest()
        var source = source
        var fold = ModelFold(limits: limits)
        var input = InspectionInput(time: TraceTime())
        var drains = DrainPace()
        var looks = LookPace()
        latestState = latest
        thread = PollingThread { reason in
            if reason == .woken { drains.hurry() }
            let now = Self.time(CLOCK_MONOTONIC)
            let isLook = reason == .last || looks.isDue(at: now)
            let begin = isLook ? Self.time(CLOCK_THREAD_CPUTIME_ID) : 0
            source.next(into: &input, withLook: isLook)
            if !input.records.isEmpty || !input.output.isEmpty { looks.noteChange() }
            let count = input.records.count
            if let state = fold.fold(input) {
                latest.publish(state)
                onPublish(state)
            }
            guard isLook else { return drains.next(count: count, fill: input.ringFill) }
            looks.noteLook(
                at: now, cost: Self.time(CLOCK_THREAD_CPUTIME_ID) &- begin,
                isPaused: input.look?.snapshot.pace == .paused)
            return drains.next(count: count, fill: input.ringFill)
        }
    }

    /// The newest state; any thread.
    package var latest: ModelState { latestState.state.withLock { $0 } }

    package func start() { thread.start() }

    /// What the guest does next is wanted soon: it has been paused, stepped or let go. Any thread, before `stop`.
    package func hurry() { thread.wake() }

    /// Ends the thread after a last look, so that also a guest that ended before the first one was due is seen; the latest
    /// state stays.
    package func stop() { thread.stop() }

    private static func time(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
