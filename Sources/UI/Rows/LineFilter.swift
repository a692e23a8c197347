import Export
import Model
import Trace

/// Which lines of a stream are shown.
struct LineFilter {
    /// Asking takes the line as text, which costs more than all else.
    let needsText: Bool
    let passes: (UInt64) -> Bool

    /// Lines that contain a text; nil, for all of them, without one.
    static func text(_ text: String, line: @escaping (UInt64) -> StyledLine) -> LineFilter? {
        guard !text.isEmpty else { return nil }
        let matcher = TextMatcher(text)
        return LineFilter(needsText: true) { matcher.matches(line($0).text) }
    }

    /// Lines of the trace that a filter is for, or is not about, as `trace -e` chooses them; nil, for all of them, without
    /// one. Of text that is no filter the prompt says so and does not hand it on.
    static func calls(_ text: String, _ model: ModelState, line: @escaping (UInt64) -> StyledLine) -> LineFilter? {
        guard !text.isEmpty, let filter = try? Filter(parsing: text) else { return nil }
        return LineFilter(needsText: filter.needsText) { number in
            guard let entry = model.trace[number] else { return false }
            return entry.withPayload { payload in
                let subject = FilterSubject(
                    entry.record, payload: payload, process: entry.process, thread: entry.thread, time: model.time
                ) { model.names[$0, at: $1] }
                return filter.verdict(subject) { line(number).text } ?? true
            }
        }
    }
}
