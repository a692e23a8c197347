import Export
import Model
import Terminal
import Trace
import WasixABI

/// View 6: what was called, how often, how long it took.
struct SyscallsPane: PaneView {
    let id = Pane.syscalls
    let name = "Syscalls"
    var traits: (any TableTraits)? { Self.table }

    static let table = Table<CallStatistics>(
        columns: [
            Column(title: "CALL", width: 12, isFlexible: true, meaning: "name of the call") { row, _ in
                Span(row.call.spec.name, Style(.call))
            },
            Column(title: "CALLS", width: 9, alignment: .right, meaning: "how often it was made (exact)") { row, _ in
                Span(NumberText.fitting(row.calls, 9), Style(.number))
            },
            Column(title: "/s", width: 5, alignment: .right, meaning: "calls a second, now") { row, _ in
                Span(NumberText.short(row.callsPerSecond.rounded()), Style(row.callsPerSecond < 0.5 ? .faint : .number))
            },
            Column(title: "ERRORS", width: 6, alignment: .right, meaning: "calls that failed (exact)") { row, _ in
                Span(NumberText.fitting(row.errors, 6), Style(row.errors == 0 ? .faint : .softError))
            },
            Column(title: "WALL", width: 6, alignment: .right, meaning: "time in it, waiting included (exact)") {
                row, context in Span(context.duration(row.wall))
            },
            Column(title: "AVG", width: 6, alignment: .right, fromWidth: 90, meaning: "time in one call on average") {
                row, context in Span(context.duration(row.average))
            },
            Column(
                title: "P50", width: 6, alignment: .right, fromWidth: 60, meaning: "half of the traced calls took less"
            ) {
                row, context in percentile(row, context, \.p50)
            },
            Column(title: "P90", width: 6, alignment: .right, fromWidth: 70, meaning: "90 % took less") {
                row, context in percentile(row, context, \.p90)
            },
            Column(title: "P99", width: 6, alignment: .right, fromWidth: 60, meaning: "99 % took less") {
                row, context in percentile(row, context, \.p99)
            },
            Column(title: "MAX", width: 6, alignment: .right, meaning: "the longest one") {
                row, context in percentile(row, context, \.max)
            },
            Column(title: "FAILED WITH", width: 24, fromWidth: 116, meaning: "most frequent errors of the traced calls")
            {
                row, _ in
                let errors = row.errorCounts.prefix(2).map { "\($0.errno.name) \(NumberText.short($0.count))" }
                return Span(errors.joined(separator: " "), Style(.softError))
            },
        ],
        sorts: [
            Sort(name: "WALL", isDescending: true) { ($0.wall, $1.call.rawValue) > ($1.wall, $0.call.rawValue) },
            Sort(name: "CALL", isSteady: true) { $0.call.spec.name < $1.call.spec.name },
            Sort(name: "CALLS", isDescending: true) { $0.calls > $1.calls },
            Sort(name: "/s", isDescending: true) { $0.callsPerSecond > $1.callsPerSecond },
            Sort(name: "ERRORS", isDescending: true) { $0.errors > $1.errors },
            Sort(name: "P99", isDescending: true) { $0.latency.p99 > $1.latency.p99 },
            Sort(name: "MAX", isDescending: true) { $0.latency.max > $1.latency.max },
        ],
        id: { .call($0.call) },
        mark: { _ in nil },
        facts: [
            .call: { row, _ in .call(row.call) },
            .failed: { row, _ in .flag(row.errors > 0) },
            .error: { row, _ in .numbers(row.errorCounts.map { UInt64($0.errno.rawValue) }) },
            .duration: { row, _ in .numbers(row.latency.count == 0 ? [] : [row.latency.max]) },
        ])

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .syscalls]
        let ordered = Self.table.sorted(context.model.calls, context)
        let rows = Self.table.rows(ordered, list, context)
        let total =
            "\(NumberText.grouped(context.model.totalCalls)) calls, "
            + "\(NumberText.grouped(context.model.totalErrors)) failed"
        return PaneContent(
            title: "6 Syscalls", note: "\(total)  \(Self.table.note(list, context))",
            header: Self.table.header(context),
            rows: .table(rows), footer: Self.footer(context),
            emptyText: list.filter.isEmpty ? "No system call yet." : "Nothing matches the filter.")
    }

    /// Says what the percentiles leave out, when they do.
    private static func footer(_ context: PaneContext) -> [StyledLine] {
        guard context.model.loss.dropped > 0, context.height >= 6 else { return [] }
        let text =
            " \(NumberText.grouped(context.model.loss.dropped)) calls were not traced: percentiles and errors by"
            + " name are of the other \(NumberText.grouped(context.model.loss.received)); counts and times are exact."
        return [StyledLine(text, Style(.attention))]
    }

    private static func percentile(
        _ row: CallStatistics, _ context: PaneContext, _ path: KeyPath<LatencySummary, UInt64>
    ) -> Span {
        row.latency.count == 0 ? Span("-", Style(.faint)) : Span(context.duration(row.latency[keyPath: path]))
    }
}
