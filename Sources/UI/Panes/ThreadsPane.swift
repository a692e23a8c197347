import Decode
import Diagnosis
import Export
import Model
import Terminal
import Trace

/// View 5: every thread, what it waits for, since when and until when.
struct ThreadsPane: PaneView {
    let id = Pane.threads
    let name = "Threads"
    var traits: (any TableTraits)? { Self.table }

    /// Columns of a pane that has room for more than who waits in which call for how long, and of one that has room for
    /// numbers as well.
    private static let medium = 56
    private static let wide = 110
    /// And of one that also has room for the last seconds, and with those for all there is.
    private static let roomy = 96
    private static let widest = 150
    /// Half a second a column.
    private static let laneWidth = 30

    static let table = Table<ThreadRow>(
        columns: [
            Column(title: "TID", width: 4, alignment: .right, meaning: "thread number; * is the main thread") {
                row, _ in
                Span(String(row.id.rawValue) + (row.thread.isMain ? "*" : ""))
            },
            Column(
                title: "PID", width: 3, alignment: .right, isForProcesses: true,
                meaning: "the process that it belongs to"
            ) {
                row, _ in Span(String(row.thread.process.rawValue), Style(.number))
            },
            Column(
                title: "STATE", width: 7, fromWidth: widest, meaning: "run: guest code or a call that does not wait"
            ) {
                row, _ in state(row)
            },
            Column(
                title: "BLOCKED IN", width: 10, isFlexible: true, meaning: "the call it waits in, or is paused before"
            ) { row, context in
                guard let call = row.thread.call else {
                    return context.width < widest ? state(row) : Span("-", Style(.faint))
                }
                let tokens = context.formatter.unfinished(
                    call: call, words: row.thread.words, payload: row.thread.payload, isWide: row.thread.isWide,
                    objects: row.thread.objects)
                return Span(StyledLine(context.width < 100 ? tokens.withoutNames : tokens).text)
            },
            Column(title: "FOR", width: 6, alignment: .right, meaning: "how long it has waited") { row, context in
                guard row.thread.state == .blocked else { return Span("-", Style(.faint)) }
                return Span(context.age(row.thread.blockedSince), Style(.blocked))
            },
            Column(
                title: "UNTIL", width: 6, alignment: .right, fromWidth: medium,
                meaning: "when the wait gives up; INF never"
            ) {
                row, context in
                guard row.thread.state == .blocked else { return Span("-", Style(.faint)) }
                guard let deadline = row.thread.deadline else { return Span("INF") }
                return Span(context.duration(ClockText.between(context.model.now, deadline)))
            },
            Column(
                title: "LAST 15 s", width: laneWidth, fromWidth: roomy, meaning: LaneText.meaning,
                drawing: { LaneText.line($0, width: laneWidth, $1) }
            ) { _, _ in Span("") },
            Column(
                title: "WHO COULD WAKE IT", width: 23, fromWidth: medium,
                meaning: "who or what could end the wait: threads, a timer, the outside, nobody"
            ) {
                row, context in who(row, context)
            },
            Column(
                title: "IN CODE", width: 14, fromWidth: 70, meaning: "the innermost function of the program's own"
            ) {
                row, _ in code(row, isLong: false)
            },
            Column(
                title: "LINE", width: 16, fromWidth: widest, meaning: "where in the source, or bytes into the function"
            ) {
                row, _ in code(row, isLong: true)
            },
            Column(
                title: "WAKES", width: 6, alignment: .right, fromWidth: widest, meaning: "waits that somebody ended"
            ) {
                row, _ in Span(NumberText.fitting(row.thread.wakes, 6), Style(.number))
            },
            Column(title: "CALLS", width: 7, alignment: .right, fromWidth: wide, meaning: "system calls so far") {
                row, _ in Span(NumberText.fitting(row.thread.calls, 7), Style(.number))
            },
            Column(title: "DROPPED", width: 7, alignment: .right, fromWidth: 166, meaning: "calls the trace missed") {
                row, _ in Span(NumberText.fitting(row.dropped, 7), Style(row.dropped == 0 ? .faint : .attention))
            },
        ],
        sorts: [
            Sort(name: "FOR", isDescending: true) { a, b in
                (rank(a), blockedSince(a), a.id) < (rank(b), blockedSince(b), b.id)
            },
            Sort(name: "TID", isSteady: true) { $0.id < $1.id },
            Sort(name: "WAKES", isDescending: true) { $0.thread.wakes > $1.thread.wakes },
            Sort(name: "CALLS", isDescending: true) { $0.thread.calls > $1.thread.calls },
        ],
        id: { .thread($0.id) },
        mark: { $0.mark },
        facts: [
            .thread: { row, _ in .numbers([UInt64(row.id.rawValue)]) },
            .process: { row, _ in .numbers([UInt64(row.thread.process.rawValue)]) },
            .call: { row, _ in .call(row.thread.call) },
            .wait: { row, context in
                let isBlocked = row.thread.state == .blocked
                return .numbers(isBlocked ? [ClockText.between(row.thread.blockedSince, context.model.now)] : [])
            },
            .timeout: { row, _ in .numbers(ofCall(row) { $0.timeout.map { [$0] } ?? [] }) },
            .fd: { row, _ in .numbers(ofCall(row) { $0.concernedDescriptors.map { UInt64($0.rawValue) } }) },
            .fdType: { row, context in .texts(objects(row).flatMap { context.types(of: $0) }) },
            .fdName: { row, context in .texts(objects(row).compactMap { context.model.names[$0] }) },
            .stack: { row, _ in .texts(row.thread.stack.flatMap { [$0.function, $0.file].compactMap(\.self) }) },
        ])

    /// Of the call that it is in.
    private static func ofCall(_ row: ThreadRow, _ values: (CallFields) -> [UInt64]) -> [UInt64] {
        guard let call = row.thread.call else { return [] }
        return row.thread.payload.withUnsafeBytes { payload in
            values(
                CallFields(
                    inProgress: call, words: row.thread.words, isWide: row.thread.isWide, objects: row.thread.objects,
                    payload: payload))
        }
    }

    private static func objects(_ row: ThreadRow) -> [ObjectID] {
        row.thread.call == nil ? [] : [row.thread.objects.0, row.thread.objects.1]
    }

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .threads]
        let ordered = Self.table.sorted(context.model.threads, context)
        let rows = Self.table.rows(ordered, list, context)
        let alive = ordered.count { $0.thread.state != .ended }
        let count = list.filter.isEmpty ? "\(alive)" : "\(rows.count) of \(alive)"
        return PaneContent(
            title: "5 Threads", note: "\(count)  \(Self.table.note(list, context))",
            header: Self.table.header(context),
            rows: .table(rows), emptyText: list.filter.isEmpty ? "No thread." : "Nothing matches the filter.")
    }

    private static func who(_ row: ThreadRow, _ context: PaneContext) -> Span {
        let graph = context.examination.graph
        guard let text = graph.whoCanWakeInShort(row.id, at: context.model.now) else { return Span("-", Style(.faint)) }
        return Span(Sanitizer.clean(text), Style(graph.tone(of: row.id)))
    }

    /// Of the innermost own function its name, or where in it the thread is.
    private static func code(_ row: ThreadRow, isLong: Bool) -> Span {
        guard let frame = row.thread.stack.innermostOwn else { return Span("-", Style(.faint)) }
        let text = CodeLines.text(frame).text
        let name = text.prefix { $0 != " " }
        return isLong ? Span(String(text.dropFirst(name.count + 1)), Style(.object)) : Span(String(name))
    }

    private static func state(_ row: ThreadRow) -> Span {
        switch row.thread.state {
        case .running: row.thread.pausedAt == nil ? Span("run", Style(.good)) : Span("paused", Style(.attention))
        case .blocked: Span("blocked", Style(.blocked))
        case .ended: Span("ended", Style(.faint))
        }
    }

    /// Blocked ones first, ended ones last.
    private static func rank(_ row: ThreadRow) -> Int {
        switch row.thread.state {
        case .blocked: 0
        case .running: 1
        case .ended: 2
        }
    }

    private static func blockedSince(_ row: ThreadRow) -> UInt64 {
        row.thread.state == .blocked ? row.thread.blockedSince : 0
    }
}
