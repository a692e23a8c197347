import Model
import Synchronization
import Trace

/// Examines the states of an inspection as they come, and keeps the newest for whoever draws. Any thread.
package final class LiveExaminer: Sendable {
    private let examiner: Mutex<Examiner>
    private let state = Mutex(ExaminedState())

    package init(_ examiner: Examiner = Examiner()) { self.examiner = Mutex(examiner) }

    /// Takes the next state; one thread calls it, in order.
    /// - Returns: the calls whose stacks are wanted.
    @discardableResult
    package func take(_ model: ModelState) -> [StackWish] {
        let examination = examiner.withLock { $0.examine(model) }
        let new = ExaminedState(model: model, examination: examination)
        // The old state is released outside the lock, because that may free much memory.
        _ = state.withLock { state in
            let old = state
            state = new
            return old
        }
        return examination.wishes
    }

    /// Everything that was found so far, also what has gone since; worst first.
    package var found: [Finding] { examiner.withLock { $0.found } }

    package var latest: ExaminedState { state.withLock { $0 } }
}
