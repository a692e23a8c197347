import Diagnosis
import Terminal
import Trace

/// Why something is wrong; without a finding, who waits for what.
struct WhyPane: PaneView {
    let id = Pane.why
    let name = "Why"

    func content(_ context: PaneContext) -> PaneContent {
        let finding = context.view.whyFinding(context.examination)
        return PaneContent(
            title: Self.title(finding, context), note: Self.note(finding, context),
            rows: .document(WhyDocument(context: context, finding: finding).rows(isWhole: context.view.isWhole)))
    }

    /// `Why 1/2  E01 et-not-drained`
    private static func title(_ finding: Finding?, _ context: PaneContext) -> String {
        guard let finding else {
            let isQuiet = context.examination.findings.isEmpty
            return isQuiet ? "Why: nothing is wrong that is looked for" : "Why: all that is wrong is muted"
        }
        let findings = context.view.heard(context.examination)
        let place = findings.firstIndex { $0.id == finding.id }.map { " \($0 + 1)/\(findings.count)" } ?? ""
        return "Why\(place)  \(finding.lint.code) \(finding.lint.name)"
    }

    /// `certain  since 12.4s  3 times`
    private static func note(_ finding: Finding?, _ context: PaneContext) -> String {
        guard let finding else { return "" }
        var parts = [finding.isCertain ? "certain" : "in part likely"]
        let isOver = !context.examination.findings.contains { $0.id == finding.id }
        parts.append(isOver ? "over, ! = now" : "since \(context.age(finding.since))")
        if finding.count > 1 { parts.append("\(NumberText.grouped(finding.count)) times") }
        if context.view.muted.contains(finding.id) { parts.append("muted") }
        return parts.joined(separator: "  ")
    }
}
