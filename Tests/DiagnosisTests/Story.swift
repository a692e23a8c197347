import Diagnosis
import Model
import Trace
import WasixABI

/// A guest as a test tells it: calls and states in turn. Calls take their time one after the other, whichever thread
/// makes them; it begins at `Fixture.now`.
struct Story {
    var state: ModelState
    private var examiner: Examiner
    private(set) var last = Examination()

    init(_ state: ModelState = Fixture.state([Fixture.running(1), Fixture.running(2)]), off: Set<LintID> = []) {
        self.state = state
        examiner = Examiner(off: off)
    }

    /// Everything that was found so far.
    var found: [Finding] { examiner.found }

    func found(_ lint: LintID) -> Finding? { found.first { $0.lint.id == lint } }
    /// As it is in the last look.
    func now(_ lint: LintID) -> Finding? { last.findings.first { $0.lint.id == lint } }

    mutating func calls(_ calls: RecordedCall...) {
        for call in calls {
            let record = call.beginning(at: state.now)
            call.payload.withUnsafeBytes {
                state.trace.append(record, payload: $0, process: .initial, thread: call.thread)
            }
            state.now += record.duration
        }
    }

    /// Calls that are made `count` times, the whole of them `milliseconds` apart.
    mutating func repeated(_ count: Int, every milliseconds: Double, _ calls: RecordedCall...) {
        let begin = state.now
        for round in 1...count {
            for call in calls { self.calls(call) }
            let next = begin + UInt64(Double(round) * milliseconds * 1e6)
            if next > state.now { state.now = next }
        }
    }

    mutating func pass(_ milliseconds: UInt64) { state.now += milliseconds * Fixture.millisecond }

    /// Looks now.
    @discardableResult
    mutating func look() -> Examination {
        last = examiner.examine(state)
        return last
    }

    /// Looks now and every tenth of a second, so that what holds that long is found.
    mutating func look(for milliseconds: UInt64) {
        look()
        for _ in 0..<milliseconds / 100 {
            pass(100)
            look()
        }
    }
}
