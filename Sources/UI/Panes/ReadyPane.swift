import Diagnosis
import Model
import Terminal
import Trace
import WasixABI

/// Pane 3: what the last waits returned, and what stands ready without being returned.
struct ReadyPane: PaneView {
    let id = Pane.ready
    let name = "Ready"

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .ready]
        let waits = context.model.waits
        let text = WaitText(context)
        func line(_ number: UInt64) -> StyledLine { waits[number].map { text.line($0) } ?? StyledLine() }
        let rows = StreamRows(
            range: waits.range, fixedWidth: text.prefixWidth, isIncluded: { _ in true }, line: line,
            filter: .records(list.filter, waits, context.model, line: line))
        let note = context.width >= 100 ? "what the last waits returned, and what they did not" : "the last waits"
        return PaneContent(
            title: "3 Ready", note: note, rows: .stream(rows), footer: Self.silence(context),
            emptyText: "No wait for events has ended yet.")
    }

    /// `epoll 4 does not report: 7 IN (edge 18 was reported 12s ago)`, the instance of pane 2 first.
    private static func silence(_ context: PaneContext) -> [StyledLine] {
        guard context.height >= 2, let shown = EpollPane.shown(context) else { return [] }
        let others = context.model.epolls.filter { $0.id != shown.id && !$0.mark.isClosed }
        let lines = ([shown] + others).lazy.compactMap { line($0, context) }
        return Array(lines.prefix(context.height >= 6 ? 2 : 1))
    }

    private static func line(_ row: EpollRow, _ context: PaneContext) -> StyledLine? {
        let report = InterestReport(row, at: context.model.now)
        let shown = report.unreported.prefix(4).map { text($0, context) }
        guard !shown.isEmpty else { return nil }
        var line = StyledLine(" epoll \(row.epoll.fd.rawValue) does not report: ", Style(.faint))
        line.add(report.tone.role, shown.joined(separator: "  "))
        return line
    }

    /// `7 IN (edge 18 was reported 12s ago)`
    private static func text(_ why: Unreported, _ context: PaneContext) -> String {
        let age = why.reportedAt.map { " \(context.age($0)) ago" } ?? ""
        return "\(why.fd.rawValue) \(EventText.long(why.events)) (\(why.cause)\(age))"
    }
}
