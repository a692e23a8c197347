import Decode
import Diagnosis
import Trace

/// A finding as lines of text: what is wrong, what shows it, where in the code, what to do. Safe for a terminal: names of
/// objects may have the guest's paths in them.
package struct FindingText {
    private let now: UInt64
    private let stacks = StackText()

    /// - Parameter now: CLOCK_MONOTONIC nanoseconds that ages are counted to.
    package init(at now: UInt64) { self.now = now }

    /// The first line begins with the code; the others are indented below it.
    package func lines(_ finding: Finding) -> [String] {
        let doubt = finding.isCertain ? "" : " (in part likely)"
        var lines = ["\(finding.lint.code) \(finding.lint.name)\(doubt): \(StringEscaper.plain(finding.text))"]
        lines += finding.evidence.map { "    " + text($0) }
        lines += places(of: finding).map { "    in " + $0 }
        lines.append("    " + finding.lint.advice)
        return lines
    }

    /// Where in the code: the stack that was taken when it happened, else those of its threads.
    package func places(of finding: Finding) -> [String] {
        if !finding.stack.isEmpty { return [stacks.line(finding.stack)] }
        return finding.places.map { "T\($0.thread.rawValue) \(stacks.line($0.frames))" }
    }

    private func text(_ evidence: Evidence) -> String {
        // The stack of what is wrong has a line of its own.
        let place = evidence.isDeed ? nil : evidence.frames.innermostOwn
        let text = StringEscaper.plain(evidence.text) + (place.map { " in \(stacks.text($0))" } ?? "")
        guard let at = evidence.at, at > 0, now >= at else { return text }
        return "\(text), \(DurationFormat.short(now - at)) ago"
    }
}
