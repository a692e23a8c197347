import Diagnosis
import Export
import Model
import Terminal
import Trace

/// View 9: the processes as a tree, what they run, and what they wait for.
struct ProcessesPane: PaneView {
    let id = Pane.processes
    let name = "Processes"
    var traits: (any TableTraits)? { Self.table }

    static let table = Table<ProcessRow>(
        columns: [
            Column(title: "PID", width: 4, alignment: .right, meaning: "process number; 1 is the one that was started")
            {
                row, _ in Span(String(row.id.rawValue), Style(.number))
            },
            Column(title: "PROGRAM", width: 18, meaning: "what it runs, below its parent") { row, context in
                Span(context.glyphs.tree(row.isFollowed) + Sanitizer.clean(program(row)), Style(.object))
            },
            Column(
                title: "STATE", width: 10,
                meaning: "run, waits, stopped, paused alone, or how it ended, until its parent joins it"
            ) {
                row, _ in state(row)
            },
            Column(title: "THR", width: 3, alignment: .right, meaning: "threads") { row, _ in
                Span(String(row.threads.count), Style(.number))
            },
            Column(title: "FDS", width: 4, alignment: .right, meaning: "open descriptors") { row, _ in
                Span(String(row.descriptors), Style(.number))
            },
            Column(title: "FOR", width: 6, alignment: .right, meaning: "how long all of its threads have waited") {
                row, context in
                guard let since = waitingSince(row) else { return Span("-", Style(.faint)) }
                return Span(context.age(since), Style(.blocked))
            },
            Column(title: "WAITS FOR", width: 12, isFlexible: true, meaning: "what its longest wait waits for") {
                row, context in waits(row, context)
            },
        ],
        sorts: [
            Sort(name: "tree", isSteady: true) { _, _ in false },
            Sort(name: "PID", isSteady: true) { $0.id < $1.id },
            Sort(name: "FDS", isDescending: true) { $0.descriptors > $1.descriptors },
        ],
        id: { .process($0.id) },
        mark: { _ in nil },
        facts: [
            .process: { row, _ in .numbers([UInt64(row.id.rawValue)]) },
            .thread: { row, _ in .numbers(row.threads.map { UInt64($0.id.rawValue) }) },
        ])

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .processes]
        let tree = context.model.processTree
        let rows = Self.table.rows(tree, list, context)
        let count = list.filter.isEmpty ? "\(tree.count)" : "\(rows.count) of \(tree.count)"
        return PaneContent(
            title: "9 Processes", note: "\(count)  \(Self.table.note(list, context))",
            header: Self.table.header(context), rows: .table(rows),
            emptyText: list.filter.isEmpty ? "No process." : "Nothing matches the filter.")
    }

    /// The last part of its name.
    private static func program(_ row: ProcessRow) -> String {
        row.snapshot.program.split(separator: "/").last.map(String.init) ?? row.snapshot.program
    }

    private static func state(_ row: ProcessRow) -> Span {
        switch row.snapshot.state {
        case .exited(let code): return Span("exited \(code)", Style(.faint))
        case .signalled(let signal): return Span("signal \(signal)", Style(.attention))
        case .trapped: return Span("trapped", Style(.attention))
        case .running: break
        }
        if row.snapshot.isPausedAlone { return Span("paused", Style(.attention)) }
        if row.snapshot.isStopped { return Span("stopped", Style(.attention)) }
        return waitingSince(row) == nil ? Span("run", Style(.good)) : Span("waits", Style(.blocked))
    }

    /// Since when all of its threads wait; nil while one runs.
    private static func waitingSince(_ row: ProcessRow) -> UInt64? {
        guard !row.threads.isEmpty, row.threads.allSatisfy({ $0.thread.state == .blocked }) else { return nil }
        return row.threads.map(\.thread.blockedSince).max()
    }

    private static func waits(_ row: ProcessRow, _ context: PaneContext) -> Span {
        guard row.snapshot.state == .running else { return Span("its parent to join it", Style(.faint)) }
        let blocked = row.threads.filter { $0.thread.state == .blocked }
        guard let longest = blocked.min(by: { $0.thread.blockedSince < $1.thread.blockedSince }),
            let node = context.examination.graph.nodes[longest.id]
        else { return Span("-", Style(.faint)) }
        let others = node.sources.count > 1 ? " and \(node.sources.count - 1) more" : ""
        let what = node.sources.first.map { $0.name + others } ?? "time"
        return Span(
            Sanitizer.clean("T\(longest.id.rawValue): \(what)"), Style(context.examination.graph.tone(of: longest.id)))
    }
}
