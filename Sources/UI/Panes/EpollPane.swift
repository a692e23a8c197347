import Diagnosis
import Export
import Model
import Terminal
import Trace
import WasixABI

/// Pane 2: one epoll instance: what is registered, what was reported, and why the rest is not.
struct EpollPane: PaneView {
    let id = Pane.epoll
    let name = "Epoll"
    var traits: (any TableTraits)? { Self.table }

    /// Widths at which the last seconds of each registration take the place of what they say, too; from their end on
    /// there is room for both.
    private static let lifelines = 48..<74
    private static let lifelinesWithAge = 58..<74

    /// Columns of a lifeline in a pane of so many columns.
    static func lifelineWidth(_ width: Int) -> Int {
        width < lifelinesWithAge.lowerBound ? 28 : width < lifelinesWithAge.upperBound ? 20 : 24
    }

    /// - Parameter gap: widths at which it is not shown.
    private static func lifeline(width: Int, from: Int, gap: Range<Int>?) -> Column<ItemRow> {
        Column(
            title: "LAST 15 s", width: width, fromWidth: from, gap: gap,
            meaning: "the last 15 seconds: blocks are unread bytes, dots are reports",
            drawing: { LifelineText.line($0, width: width, $1) }
        ) { _, _ in Span("") }
    }

    static let table = Table<ItemRow>(
        columns: [
            Column(title: "FD", width: 3, isDescriptor: true, alignment: .right, meaning: "registered descriptor") {
                row, _ in
                Span(String(row.item.fd.rawValue))
            },
            Column(title: "WANT", width: 7, meaning: "events asked for (R: peer closed); LT, ET, 1 one-shot") {
                row, _ in
                let events = EventText.short(row.item.mask.subtracting(.modes).subtracting(.always))
                return Span(
                    events + String(repeating: " ", count: 4 - min(events.count, 3)) + EventText.mode(row.item.mask))
            },
            Column(title: "NOW", width: 3, gap: lifelines, meaning: "what it is ready for, of what was asked for") {
                row, _ in
                let now = ItemVerdict.asked(row.item)
                return Span(EventText.short(now), Style(now.isEmpty ? .faint : .text))
            },
            Column(title: "LAST", width: 4, gap: lifelines, meaning: "what was reported last") { row, _ in
                Span(EventText.short(row.item.lastReported), Style(row.item.lastReported.isEmpty ? .faint : .text))
            },
            Column(title: "N", width: 4, alignment: .right, gap: lifelines, meaning: "times reported") { row, _ in
                Span(NumberText.short(row.item.reports), Style(.number))
            },
            lifeline(
                width: lifelineWidth(lifelines.lowerBound), from: lifelines.lowerBound,
                gap: lifelinesWithAge.lowerBound..<Int.max),
            lifeline(
                width: lifelineWidth(lifelinesWithAge.lowerBound), from: lifelinesWithAge.lowerBound,
                gap: lifelines.upperBound..<Int.max),
            lifeline(width: lifelineWidth(lifelines.upperBound), from: lifelines.upperBound, gap: nil),
            Column(title: "AGE", width: 6, alignment: .right, gap: 48..<58, meaning: "time since it was reported") {
                row, context in
                Span(row.item.lastReportedAt == 0 ? "-" : context.age(row.item.lastReportedAt))
            },
            Column(title: "STATE", width: 4, isFlexible: true, meaning: "would a wait report it now, and why not") {
                row, context in
                let verdict = ItemVerdict(row, at: context.model.now)
                return Span(
                    context.width < lifelinesWithAge.lowerBound ? verdict.shortText : verdict.longText,
                    Style(verdict.tone))
            },
        ],
        sorts: [
            Sort(name: "added", isSteady: true) { _, _ in false },
            Sort(name: "FD", isSteady: true) { $0.item.fd < $1.item.fd },
            Sort(name: "trouble", isDescending: true) { a, b, context in
                ItemVerdict(a, at: context.model.now).rank > ItemVerdict(b, at: context.model.now).rank
            },
            Sort(name: "N", isDescending: true) { $0.item.reports > $1.item.reports },
        ],
        id: { .item($0.id) },
        mark: { $0.mark },
        facts: [
            .fd: { row, _ in .numbers([UInt64(row.item.fd.rawValue)]) },
            .fdType: { row, context in .texts(context.types(of: row.item.object, row.item.kind)) },
            .fdName: { row, context in .texts(context.model.names[row.item.object].map { [$0] } ?? []) },
            .ready: { row, _ in .numbers(FilterField.bits([ItemVerdict.asked(row.item)])) },
            .passed: { row, context in
                let isSilenced = ItemVerdict(row, at: context.model.now).isSilenced
                return .numbers(isSilenced ? [UInt64(row.item.fd.rawValue)] : [])
            },
        ])

    /// The instance the user chose, else the busiest one.
    static func shown(_ context: PaneContext) -> EpollRow? {
        let epolls = context.model.epolls
        return epolls.first { $0.id == context.view.epoll } ?? epolls.first { $0.id == context.view.busiestEpoll }
            ?? epolls.first
    }

    /// The instance with the most waits. `current` stays until another one has twice as many: a pane does not flicker.
    static func busiest(_ model: ModelState, after current: ObjectID?) -> ObjectID? {
        let open = model.epolls.filter { !$0.mark.isClosed }
        guard let best = open.max(by: { $0.epoll.waits < $1.epoll.waits }) else { return nil }
        guard let now = open.first(where: { $0.id == current }) else { return best.id }
        return best.epoll.waits > 2 * now.epoll.waits ? best.id : now.id
    }

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .epoll]
        guard let row = Self.shown(context) else {
            return PaneContent(
                title: "2 Epoll", rows: .table(Self.table.rows([], list, context)),
                emptyText: "No epoll instance yet. The guest has made \(NumberText.grouped(context.model.totalCalls))"
                    + " calls; pane 4 shows them.")
        }
        let items = Self.table.rows(row.items, list, context)
        let report = InterestReport(row, at: context.model.now)
        var note = NumberText.counted(row.items.count { !$0.mark.isClosed }, "item")
        if !report.silenced.isEmpty { note += "  \(report.silenced.count) silent" }
        if context.width >= 50 { note += "  \(row.epoll.waiters.count) waiting" }
        if list.sort ?? 0 > 0 { note += "  " + Self.table.note(list, context) }
        let which =
            context.model.epolls.count > 1 ? " (\(Self.position(row, context))/\(context.model.epolls.count))" : ""
        return PaneContent(
            title: "2 Epoll fd \(row.epoll.fd.rawValue)\(which)", note: note, header: Self.table.header(context),
            rows: .table(items),
            footer: EpollFooter.level(row, list, context) + EpollFooter.lines(row, report, context),
            emptyText: list.filter.isEmpty ? "Nothing is registered." : "Nothing matches the filter.")
    }

    private static func position(_ row: EpollRow, _ context: PaneContext) -> Int {
        (context.model.epolls.firstIndex { $0.id == row.id } ?? 0) + 1
    }
}
