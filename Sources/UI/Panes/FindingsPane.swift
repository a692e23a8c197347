import Diagnosis
import Export
import Model
import Terminal
import Trace

/// View 7: everything that was found, what is muted as well.
struct FindingsPane: PaneView {
    let id = Pane.findings
    let name = "Findings"
    var traits: (any TableTraits)? { Self.table }

    static let table = Table<Finding>(
        columns: [
            Column(title: "CODE", width: 4, meaning: "E almost certainly a fault, W likely one") { row, _ in
                Span(row.lint.code, Style(row.lint.severity.role))
            },
            Column(title: "NAME", width: 19, fromWidth: 60, meaning: "its name, as options take it") { row, _ in
                Span(row.lint.name)
            },
            Column(title: "SINCE", width: 6, alignment: .right, meaning: "how long it has held") { row, context in
                Span(context.age(row.since))
            },
            Column(title: "COUNT", width: 5, alignment: .right, meaning: "how often it happened") { row, _ in
                Span(NumberText.short(row.count), Style(.number))
            },
            Column(title: "TEXT", width: 10, isFlexible: true, meaning: "what is wrong, with the numbers of this case")
            {
                row, _ in Span(Sanitizer.clean(row.text))
            },
        ],
        sorts: [
            Sort(name: "severity", isSteady: true) { _, _ in false },
            Sort(name: "CODE", isSteady: true) { $0.lint.code < $1.lint.code },
            Sort(name: "SINCE", isSteady: true) { $0.since < $1.since },
            Sort(name: "COUNT", isDescending: true) { $0.count > $1.count },
        ],
        id: { .finding($0.id) },
        mark: { _ in nil },
        facts: [
            .lint: { row, _ in .texts([row.lint.code, row.lint.name]) },
            .thread: { row, _ in .numbers(row.threads.map { UInt64($0.rawValue) }) },
            .fd: { row, _ in .numbers(row.fd.map { [UInt64($0.rawValue)] } ?? []) },
        ],
        isFaint: { $1.view.muted.contains($0.id) })

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .findings]
        let findings = context.examination.findings
        let rows = Self.table.rows(findings, list, context)
        let muted = findings.count { context.view.muted.contains($0.id) }
        var note = list.filter.isEmpty ? "\(findings.count)" : "\(rows.count) of \(findings.count)"
        if muted > 0 { note += "  \(muted) muted" }
        note += "  " + Self.table.note(list, context)
        return PaneContent(
            title: "7 Findings", note: note, header: findings.isEmpty ? nil : Self.table.header(context),
            rows: .table(rows), footer: Self.whole(findings, rows, list, context),
            emptyText: list.filter.isEmpty ? Self.nothing : "Nothing matches the filter.")
    }

    /// The text of the finding under the cursor, of which the table may have shown the beginning, and what to do.
    private static func whole(
        _ findings: [Finding], _ rows: TableRows, _ list: ListState, _ context: PaneContext
    ) -> [StyledLine] {
        guard context.height >= 12, let row = rows.cursorRow(list),
            let chosen = findings.first(where: { rows.id(row) == .finding($0.id) })
        else { return [] }
        let room = max(context.width - 2, 8)
        let text = StyledLine(Sanitizer.clean(chosen.text)).wrapped(room, indent: 0)
        let advice = StyledLine(chosen.lint.advice, Style(.faint)).wrapped(room, indent: 0)
        let lines = [StyledLine()] + (text + advice).map { StyledLine(" ").adding($0) }
        return Array(lines.prefix(context.height / 2))
    }

    private static var nothing: String {
        "Nothing found. \(Lint.all.count) lints look for edges that are spent, one-shots that are off, threads that wait for "
            + "each other or for nobody, loops that never rest, descriptors that leak, and more; ! shows the longest waits."
    }
}
