import Diagnosis
import Trace

/// What pauses the guest, as it is typed: a filter on calls, or findings, as `lint:error`, `lint:any` or
/// `lint:E01,busy-poll`.
package enum GuestBreak: Sendable {
    case call(BreakCondition)
    case finding(FindingBreak)

    private static let sign = "lint:"

    /// - Parameter time: of the guest's ticks.
    package init(parsing text: String, _ time: TraceTime) throws(FilterProblem) {
        guard text.hasPrefix(Self.sign) else {
            self = .call(try Filter(parsing: text).breakCondition(time))
            return
        }
        let words = text.dropFirst(Self.sign.count)
        var lints: Set<LintID> = []
        for word in words.split(separator: ",", omittingEmptySubsequences: false) {
            let found = Self.lints(word)
            guard !found.isEmpty else {
                let start = text.distance(from: text.startIndex, to: word.startIndex)
                throw FilterProblem(
                    "no such lint; any, error, warning, or one of 'wasix-top lints'", start..<start + word.count)
            }
            lints.formUnion(found)
        }
        self = .finding(FindingBreak { [lints] in lints.contains($0.id) })
    }

    private static func lints(_ word: Substring) -> [LintID] {
        if word == "any" { return Lint.all.map(\.id) }
        if let severity = Lint.Severity.allCases.first(where: { $0.name == word }) {
            return Lint.all.filter { $0.severity >= severity }.map(\.id)
        }
        return Lint.called(word).map { [$0.id] } ?? []
    }

    /// The condition on calls; nil for one on findings.
    package var condition: BreakCondition? { if case .call(let condition) = self { condition } else { nil } }
    /// The findings; nil for calls.
    package var findings: FindingBreak? { if case .finding(let findings) = self { findings } else { nil } }
}
