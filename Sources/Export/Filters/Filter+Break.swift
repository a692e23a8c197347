import Trace

extension Filter {
    /// The filter as a condition on calls that pause the guest.
    /// - Parameter time: of the guest's ticks.
    /// - Throws: when it asks for text, which no call has before it is shown.
    package func breakCondition(_ time: TraceTime) throws(FilterProblem) -> BreakCondition {
        guard !needsText else {
            throw FilterProblem("a break cannot ask for text; compare a field, as 'call=fd_read'", 0..<0)
        }
        return { subject in
            let filtered = FilterSubject(
                subject.record, payload: subject.payload, process: subject.process, thread: subject.thread, time: time
            ) { subject.names($0).text(at: $1) }
            return matches(filtered) { "" }
        }
    }
}
