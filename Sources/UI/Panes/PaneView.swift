import Export

/// One kind of pane: what it is called and what it shows. Everything it draws comes from the context; `Diagnosis`
/// decides what states mean.
protocol PaneView: Sendable {
    var id: Pane { get }
    var name: String { get }
    /// How its table is laid out; nil where rows are numbered lines that only grow, or a text.
    var traits: (any TableTraits)? { get }
    func content(_ context: PaneContext) -> PaneContent
}

extension PaneView {
    var traits: (any TableTraits)? { nil }
    /// What filters can ask about its rows.
    var fields: Set<FilterField> { id.showsRecords ? FilterField.ofRecords : traits?.fields ?? [.text] }
}

/// What is known of a table without its rows.
protocol TableTraits: Sendable {
    /// What its sort orders are called, its own one first.
    var sortNames: [String] { get }
    /// What filters can ask about.
    var fields: Set<FilterField> { get }
    /// What its columns mean.
    var legend: [(title: String, meaning: String)] { get }
    /// Whether rows stay where they are.
    func isSteady(_ list: ListState) -> Bool
}

/// All panes.
enum Panes {
    static let all: [any PaneView] = [
        FdsPane(), EpollPane(), ReadyPane(), TracePane(), ThreadsPane(), SyscallsPane(), FindingsPane(),
        StdioPane(), ProcessesPane(), HistoryPane(), WhyPane(), StackPane(), EventPane(), ObjectPane(),
        TimelinePane(), ExplainPane(), LessonPane(),
    ]
    /// Those whose rows are a table, those that are a text, and those whose rows are lines that only grow.
    static let tables = Set(all.filter { $0.traits != nil }.map(\.id))
    static let documents: Set<Pane> = [.why, .stack, .event, .object, .timeline, .explain, .lesson]
    static let streams = Set(all.filter { $0.traits == nil }.map(\.id)).subtracting(documents)

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    /// Every pane is in the list; a test checks that.
    static subscript(id: Pane) -> any PaneView { byID[id]! }
}
