import Synchronization
import Trace

/// The inspector's own thread: drains, folds, and publishes a `ModelState` at most ten times a second.
package final class Inspector: Sendable {
    private final class Latest: Sendable {
        let state = Mutex(ModelState())

        func publish(_ new: ModelState) {
            // The old state is let go outside the lock: that may free a lot.
            _ = state.withLock { state in
                let old = state
                state = new
                return old
            }
        }
    }

    private static let publishInterval: UInt64 = 100_000_000
    private let latestState: Latest
    private let thread: PollingThread

    /// - Parameter onPublish: called on the inspector's thread after each new state, to wake whoever draws.
    package init(
        tracer: Tracer, control: any GuestControl, limits: TraceHistory.Limits = TraceHistory.Limits(),
        onPublish: @escaping @Sendable () -> Void
    ) {
        let latest = Latest()
        let clock = tracer.clock
        let fold = ModelFold(tracer: tracer, control: control, limits: limits)
        var pace = DrainPace()
        var nextPublish: UInt64 = 0
        latestState = latest
        thread = PollingThread {
            let drained = fold.drain()
            let now = clock.nanoseconds(at: TickClock.now(), rate: clock.nanosecondsPerTick())
            if now >= nextPublish {
                nextPublish = now + Self.publishInterval
                latest.publish(fold.makeState())
                onPublish()
            }
            return pace.next(count: drained.count, fill: drained.fill)
        }
    }

    /// The newest state; any thread.
    package var latest: ModelState { latestState.state.withLock { $0 } }

    package func start() { thread.start() }

    /// Ends the thread; the latest state stays.
    package func stop() { thread.stop() }
}
