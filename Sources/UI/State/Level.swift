import Diagnosis
import Model
import Trace

/// One level of nested views: what is shown, and the cursor in it.
struct Level: Sendable {
    enum Content: Sendable {
        case history(HistoryTarget)
        /// Why something is wrong, as it was found last; nil while nothing is.
        case why(Finding?)
        case stack(ThreadID)
        /// The trace at an entry that was jumped to.
        case entry
        case object(ObjectID)
        /// A call. It is kept here, so that it stays when the trace lets go of it.
        case event(TraceEntry)
        case timeline(TimelinePlace)
        case explain(ExplainedWait)
    }

    var content: Content
    /// Its name in the title's path.
    var name: String
    var list = ListState()

    var pane: Pane {
        switch content {
        case .history: .history
        case .why: .why
        case .stack: .stack
        case .entry: .trace
        case .event: .event
        case .object: .object
        case .timeline: .timeline
        case .explain: .explain
        }
    }

    var historyTarget: HistoryTarget? {
        if case .history(let target) = content { target } else { nil }
    }
}

extension ViewState {
    /// What nobody has muted, worst first.
    func heard(_ examination: Examination) -> [Finding] {
        muted.isEmpty ? examination.findings : examination.findings.filter { !muted.contains($0.id) }
    }

    /// What the Why screen is about.
    func whyFinding(_ examination: Examination) -> Finding? {
        if case .why(let finding) = trail.last?.content { return finding }
        return heard(examination).first
    }

    /// Brings what is shown of findings up to date: one that is over stays as it was, and where nothing was wrong the
    /// first thing that is takes the place.
    mutating func refresh(_ examination: Examination) {
        for index in trail.indices {
            guard case .why(let shown) = trail[index].content else { continue }
            if let shown {
                guard let now = examination.findings.first(where: { $0.id == shown.id }) else { continue }
                trail[index].content = .why(now)
            } else if let first = heard(examination).first {
                trail[index].content = .why(first)
                trail[index].list = ListState()
            }
        }
    }
}
