import Model
import Synchronization
import Trace

/// Examines the states of an inspection as they come, and keeps the newest for whoever draws. Any thread.
package final class LiveExaminer: Sendable {
    private let examiner: Mutex<Examiner>
    private let state = Mutex(ExaminedState())
    private let pausing = Mutex<FindingBreak?>(nil)

    /// What has come of a state.
    package struct Outcome: Sendable {
        /// Calls whose stacks are wanted.
        package var wishes: [StackWish]
        /// Something was found that the guest is to be paused for.
        package var pauses: Bool
    }

    package init(_ examiner: Examiner = Examiner()) { self.examiner = Mutex(examiner) }

    /// Takes the next state; one thread calls it, in order.
    @discardableResult
    package func take(_ model: ModelState) -> Outcome {
        let examination = examiner.withLock { $0.examine(model) }
        let new = ExaminedState(model: model, examination: examination)
        // The old state is released outside the lock, because that may free much memory.
        _ = state.withLock { state in
            let old = state
            state = new
            return old
        }
        return Outcome(
            wishes: examination.wishes, pauses: pausing.withLock { $0?.isMet(by: examination.findings) ?? false })
    }

    /// Findings that the guest is to be paused for from now on; nil for none. Those that are there already are none of them.
    package func setBreak(_ findings: FindingBreak?) {
        let known = latest.examination.findings
        pausing.withLock {
            $0 = findings
            _ = $0?.isMet(by: known)
        }
    }

    /// Everything that was found so far, also what has gone since; worst first.
    package var found: [Finding] { examiner.withLock { $0.found } }

    package var latest: ExaminedState { state.withLock { $0 } }
}
