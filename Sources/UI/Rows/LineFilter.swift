import Export
import Model
import Trace

/// Which lines of a stream are shown.
struct LineFilter {
    /// Asking takes the line as text, which costs more than all else.
    let needsText: Bool
    let passes: (UInt64) -> Bool

    /// Lines of which nothing but their text is known; nil, for all of them, without a filter.
    static func text(_ text: String, line: @escaping (UInt64) -> StyledLine) -> LineFilter? {
        guard let filter = Filter(typed: text, fields: [.text]) else { return nil }
        return LineFilter(needsText: true) { number in filter.matches { _ in .texts([line(number).text]) } }
    }

    /// Lines of records that a filter is for, or is not about, as `trace -e` chooses them; nil, for all of them, without one.
    static func records(
        _ text: String, _ history: TraceHistory, _ model: ModelState, line: @escaping (UInt64) -> StyledLine
    ) -> LineFilter? {
        guard let filter = Filter(typed: text, fields: FilterField.ofRecords) else { return nil }
        return LineFilter(needsText: filter.needsText) { number in
            guard let entry = history[number] else { return false }
            return entry.withPayload { payload in
                let subject = FilterSubject(
                    entry.record, payload: payload, process: entry.process, thread: entry.thread, time: model.time
                ) { model.names[$0, at: $1] }
                return filter.verdict(subject) { line(number).text } ?? true
            }
        }
    }
}

extension Filter {
    /// What was typed into a pane; nil without it. Of text that is no filter the prompt says so and does not hand it on.
    init?(typed text: String, fields: Set<FilterField>) {
        guard !text.isEmpty else { return nil }
        do {
            try self.init(parsing: text, fields: fields)
        } catch {
            return nil
        }
    }
}
