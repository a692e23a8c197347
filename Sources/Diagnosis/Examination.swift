import Model
import Trace

/// What there is to say about a state.
package struct Examination: Sendable {
    /// Worst first; of equals the oldest.
    package var findings: [Finding] = []
    package var graph = WaitGraph()
    package var verdict = GuestVerdict.running
    /// What became of registrations lately.
    package var lifelines = Lifelines()
    /// What threads were in lately.
    package var lanes = Lanes()
    /// Who has used what so far.
    package var users = ObjectUsers()
    /// Calls whose stacks would say more of what is suspected; at most one of a thread.
    package var wishes: [StackWish] = []

    package init() {}
}

/// A state with what there is to say about it: what screens and reports are drawn from.
package struct ExaminedState: Sendable {
    package var model: ModelState
    package var examination: Examination

    package init(model: ModelState = ModelState(), examination: Examination = Examination()) {
        self.model = model
        self.examination = examination
    }
}
