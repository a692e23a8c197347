import Model
import Terminal
import Trace

/// The trace lines of one object, thread or call.
struct HistoryPane: PaneView {
    let id = Pane.history
    let name = "History"

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .history]
        let history = context.model.trace
        let text = EntryText(context)
        let isWhole = list.offset > 0 || context.view.wraps
        let target = context.view.trail.last?.historyTarget
        let folding = context.view.folds && target?.isCall == false ? CallFolding(history) : nil
        func line(_ number: UInt64) -> StyledLine {
            let count = folding?.count(number) ?? 1
            return history[number].map { text.line($0, isWhole: isWhole, count: count) } ?? StyledLine()
        }
        let rows = StreamRows(
            range: history.range, fixedWidth: text.prefixWidth,
            isIncluded: { number in
                history[number].map { target?.includes($0) ?? false } ?? false && folding?.isShown(number) ?? true
            },
            line: line, filter: .records(list.filter, context.model.trace, context.model, line: line),
            memory: context.memory(.history, list, isWhole: isWhole, range: history.range))
        return PaneContent(
            title: Self.path(context),
            note: StreamNote.text(list, count: UInt64(history.count), unit: "lines searched"),
            rows: .stream(rows), emptyText: "Nothing about it in the kept part of the trace.")
    }

    /// `Fds > 7 tcp 10.0.0.2:41822 > T1`
    static func path(_ context: PaneContext) -> String {
        ([context.view.basePane.name] + context.view.trail.map(\.name)).joined(separator: " > ")
    }
}
