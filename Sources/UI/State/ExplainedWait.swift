import Model
import Trace

/// The wait that Explain shows.
struct ExplainedWait: Sendable, Equatable {
    enum Place: Sendable, Equatable {
        /// The one that is under way, or comes next.
        case next
        /// A look that was kept, by its number.
        case look(UInt64)
        /// The last look of a call, by its thread and its ticks: as long as what was kept has not come.
        case call(ThreadID, ClosedRange<UInt64>)
    }

    let instance: ObjectID
    var place: Place
    /// How many waits further on (or back) the user has asked to go before what was kept of them had come.
    var stepsAhead = 0

    /// A call that has returned; nil when it is no wait on an instance.
    init?(_ entry: TraceEntry) {
        guard entry.call == .epollWait, entry.record.objects.0 != 0 else { return nil }
        instance = ObjectID(rawValue: entry.record.objects.0)
        place = .call(entry.thread, entry.record.start...max(entry.record.end, entry.record.start))
    }

    init(_ instance: ObjectID) {
        self.instance = instance
        place = .next
    }

    /// The look it stands for; nil of the wait that comes, and of one that is not kept.
    func look(in history: WaitHistory?) -> WaitLook? {
        guard let history else { return nil }
        switch place {
        case .next: return nil
        case .look(let sequence): return history.place(of: sequence).map { history.looks[$0] }
        case .call(let thread, let ticks):
            return history.looks.last { $0.thread == thread && ticks.contains($0.at) }
        }
    }

    /// The one before (-1) or after (1); nil when there is none.
    func neighbour(_ step: Int, in history: WaitHistory?) -> ExplainedWait? {
        var other = self
        guard let history, let last = history.looks.last else { return nil }
        guard let look = look(in: history) else {
            guard place == .next, step < 0 else { return nil }
            other.place = .look(last.sequence)
            return other
        }
        if step > 0, look.sequence == last.sequence {
            other.place = .next
            return other
        }
        let sequence = look.sequence &+ UInt64(bitPattern: Int64(step))
        guard history.place(of: sequence) != nil else { return nil }
        other.place = .look(sequence)
        return other
    }
}

extension ViewState {
    /// The wait that the innermost level explains.
    var explained: ExplainedWait? {
        if case .explain(let wait) = trail.last?.content { wait } else { nil }
    }

    /// The instance that a level explains: what its waits did is wanted as long as there is one.
    var explainedInstance: ObjectID? {
        for level in trail.reversed() {
            if case .explain(let wait) = level.content { return wait.instance }
        }
        return nil
    }
}

extension WaitHistory {
    /// Without what came after the first `waits` waits.
    func upTo(waits: UInt64) -> WaitHistory {
        var history = self
        history.looks.removeAll { $0.wait > waits }
        return history
    }
}
