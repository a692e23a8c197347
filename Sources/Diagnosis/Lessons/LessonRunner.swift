import Model
import Trace
import WasixABI

/// Moves a paused guest to where a condition holds, a call of one thread at a time, and looks whenever nothing moves. So
/// the way there is the same every time, and the guest stands exactly where the condition holds first.
///
/// A value; it sees states and says what to do. Whoever drives it does so and shows it the next state.
package struct LessonRunner: Sendable {
    package enum Move: Sendable, Equatable {
        case step(ThreadID)
        /// Something is on the way: a later state will tell.
        case wait
        case arrived
        /// The condition cannot come to hold: why, in a sentence.
        case lost(String)
    }

    /// Calls on the way to one checkpoint.
    package static let mostSteps = 20_000

    /// Steps that were given, as the kernel counts them.
    private var given: UInt64 = 0
    private(set) var lastCalls: [ThreadID: PendingCall] = [:]
    private(set) var hasBegun = false
    /// Steps since the last arrival.
    package private(set) var steps = 0

    package init() {}

    package func situation(_ model: ModelState) -> LessonSituation {
        LessonSituation(model, lastCalls: lastCalls, hasBegun: hasBegun)
    }

    /// - Parameter movers: the threads that may move; nil for all.
    package mutating func move(
        _ state: ExaminedState, until condition: Condition, movers: Set<ThreadID>? = nil
    ) -> Move {
        let model = state.model
        // States that were looked at before the last step was made say nothing of it.
        guard model.stepsGiven >= given else { return .wait }
        if model.guest.hasEnded { return end(model, condition) }
        guard model.isSettled, model.threads.contains(where: { $0.thread.state != .ended }) else { return .wait }
        if steps < Self.mostSteps, let thread = Self.betweenCalls(model) {
            given = model.stepsGiven &+ 1
            steps += 1
            return .step(thread)
        }
        if situation(model).holds(condition) {
            steps = 0
            return .arrived
        }
        guard steps < Self.mostSteps else {
            return .lost("The guest has made \(steps) calls and has not come to this checkpoint.")
        }
        guard let next = Self.next(model, movers) else { return standstill(state, movers) }
        if let call = PendingCall(next) { lastCalls[next.thread] = call }
        given = model.stepsGiven &+ 1
        hasBegun = true
        steps += 1
        return .step(next.thread)
    }

    /// The guest has run by itself for a while: what threads did last is not known.
    package mutating func forget() {
        lastCalls = [:]
        hasBegun = true
        steps = 0
    }

    /// A thread that stands between two calls, as a new one may. It is brought to its next call before anything is looked at:
    /// nobody else sees that, so it may move always, and what is shown does not depend on where it was paused.
    private static func betweenCalls(_ model: ModelState) -> ThreadID? {
        model.threads.map(\.thread)
            .filter { $0.state != .ended && $0.pausedAt != nil && $0.pausedAt != .beforeCall }.map(\.thread).min()
    }

    /// The first thread that is not about to wait, else the first: what others wait for is done before they wait.
    private static func next(_ model: ModelState, _ movers: Set<ThreadID>?) -> ThreadSnapshot? {
        let ready = model.threads.map(\.thread)
            .filter { $0.pausedAt != nil && $0.state != .ended && movers?.contains($0.thread) ?? true }
            .sorted { $0.thread < $1.thread }
        return ready.first { !(PendingCall($0)?.isWait ?? false) } ?? ready.first
    }

    private func standstill(_ state: ExaminedState, _ movers: Set<ThreadID>?) -> Move {
        let threads = state.model.threads.map(\.thread).filter { $0.state != .ended }
        if threads.contains(where: { $0.pausedAt != nil }) {
            return .lost("Only threads that may not move here could bring it to this checkpoint.")
        }
        if state.examination.graph.standstillSince != nil {
            return .lost("All threads sleep, and nothing can wake one: the guest never comes to this checkpoint.")
        }
        return .wait
    }

    private func end(_ model: ModelState, _ condition: Condition) -> Move {
        if situation(model).holds(condition) { return .arrived }
        let how =
            switch model.guest {
            case .trapped(let message, _): "has trapped (\(message))"
            case .exited(let code) where code != 0: "has ended with status \(code)"
            default: "has ended"
            }
        return .lost("The guest \(how) and has not come to this checkpoint.")
    }
}
