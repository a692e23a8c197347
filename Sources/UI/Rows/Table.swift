import Export
import Model
import Terminal

/// One column of a table.
struct Column<Row>: Sendable {
    let title: String
    /// Least width; a flexible column gets what is left over.
    let width: Int
    /// Holds descriptor numbers: wide enough for the highest one.
    var isDescriptor = false
    var alignment = StyledLine.Alignment.left
    var isFlexible = false
    /// The pane's width from which on the column is shown.
    var fromWidth = 0
    /// Widths at which others have its place.
    var gap: Range<Int>?
    /// Shown when the guest has had more than one process.
    var isForProcesses = false
    /// One line for the help.
    let meaning: String
    /// In more than one style, where a cell has several; `cell` then says what filters find.
    var drawing: (@Sendable (Row, PaneContext) -> StyledLine)?
    let cell: @Sendable (Row, PaneContext) -> Span

    func isShown(_ context: PaneContext) -> Bool {
        let width = context.width
        guard !isForProcesses || context.model.hasSeveralProcesses else { return false }
        return width >= fromWidth && !(gap?.contains(width) ?? false)
    }
}

/// An order of rows that the user can choose.
struct Sort<Row>: Sendable {
    let name: String
    /// The greatest first.
    var isDescending = false
    /// By something that never changes, so that rows stay where they are.
    var isSteady = false
    let isBefore: @Sendable (Row, Row, PaneContext) -> Bool

    /// An order that depends on the rows alone.
    init(
        name: String, isDescending: Bool = false, isSteady: Bool = false,
        isBefore: @escaping @Sendable (Row, Row) -> Bool
    ) {
        self.init(name: name, isDescending: isDescending, isSteady: isSteady) { a, b, _ in isBefore(a, b) }
    }

    /// An order that also depends on the context, such as the instant that is shown.
    init(
        name: String, isDescending: Bool = false, isSteady: Bool = false,
        isBefore: @escaping @Sendable (Row, Row, PaneContext) -> Bool
    ) {
        self.name = name
        self.isDescending = isDescending
        self.isSteady = isSteady
        self.isBefore = isBefore
    }
}

/// A table as data.
struct Table<Row: Sendable>: TableTraits {
    let columns: [Column<Row>]
    /// The first one is the pane's own order.
    let sorts: [Sort<Row>]
    let id: @Sendable (Row) -> RowID
    let mark: @Sendable (Row) -> RowMark?
    /// What filters can ask about, beside the text of the cells.
    var facts: [FilterField: @Sendable (Row, PaneContext) -> FilterValues] = [:]
    /// Rows that the user has put aside.
    var isFaint: @Sendable (Row, PaneContext) -> Bool = { _, _ in false }

    var sortNames: [String] { sorts.map(\.name) }
    var fields: Set<FilterField> { Set(facts.keys).union([.text]) }
    var legend: [(title: String, meaning: String)] {
        columns.map { ($0.title, $0.meaning) }.reduce(into: []) { legend, entry in
            if !legend.contains(where: { $0 == entry }) { legend.append(entry) }
        }
    }

    func header(_ context: PaneContext) -> StyledLine {
        line(context) { StyledLine($0.title, Style(.columnTitle)) }
    }

    /// `rows` come in the order of the first sort.
    func rows(_ rows: [Row], _ list: ListState, _ context: PaneContext) -> TableRows {
        var rows = rows
        if let filter = Filter(typed: list.filter, fields: fields) {
            let shown = columns.filter { $0.isShown(context) }
            rows = rows.filter { row in
                filter.matches { field in
                    // Cell by cell, without the work of a whole line: there may be 10,000 rows.
                    facts[field]?(row, context) ?? .texts(shown.map { $0.cell(row, context).text })
                }
            }
        }
        if let sort = list.sort, sorts.indices.contains(sort), sort > 0 { rows = sorted(rows, by: sort, context) }
        if list.isInverted { rows.reverse() }
        if let held = list.heldOrder, !isSteady(list) { rows.sort { held.rank(id($0)) < held.rank(id($1)) } }
        let shown = rows
        return TableRows(
            count: shown.count, fixedWidth: fixedWidth(context), id: { id(shown[$0]) },
            line: { line(shown[$0], context) })
    }

    /// `rows` in one of the orders.
    func sorted(_ rows: [Row], by sort: Int = 0, _ context: PaneContext) -> [Row] {
        rows.sorted { sorts[sort].isBefore($0, $1, context) }
    }

    /// The first column, with the room for the cursor's sign before it.
    func fixedWidth(_ context: PaneContext) -> Int { columns.first.map { width($0, context) + 2 } ?? 0 }

    /// `by WALL v`
    func note(_ list: ListState, _ context: PaneContext) -> String {
        let sort = sorts[list.sort ?? 0]
        let isDescending = sort.isDescending != list.isInverted
        let sign = isDescending ? context.glyphs.descending : context.glyphs.ascending
        return "by \(sort.name) \(Character(sign))"
    }

    func isSteady(_ list: ListState) -> Bool { sorts[list.sort ?? 0].isSteady }

    private func line(_ row: Row, _ context: PaneContext) -> StyledLine {
        let text = line(context) { column in
            if let drawing = column.drawing { return drawing(row, context) }
            let span = column.cell(row, context)
            return StyledLine(span.text, span.style)
        }
        if isFaint(row, context) { return text.inRole(.faint) }
        guard let mark = mark(row) else { return text }
        if mark.isClosed { return text.inRole(.faint) }
        return mark.isNew(at: context.model.now) ? text.emphasized(.bold) : text
    }

    private func line(_ context: PaneContext, _ cell: (Column<Row>) -> StyledLine) -> StyledLine {
        let shown = columns.filter { $0.isShown(context) }
        let fixed = shown.reduce(0) { $0 + width($1, context) + 1 }
        var spare = max(context.width - fixed, 0)
        var result = StyledLine(" ")
        for column in shown {
            let width = width(column, context) + (column.isFlexible ? spare : 0)
            if column.isFlexible { spare = 0 }
            result.add(cell(column).fitted(width, column.alignment, cut: context.glyphs.cut))
            result.add(" ")
        }
        return result
    }

    private func width(_ column: Column<Row>, _ context: PaneContext) -> Int {
        column.isDescriptor ? max(column.width, context.descriptorDigits) : column.width
    }
}
