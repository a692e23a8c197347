import Diagnosis
import Model
import Terminal
import Trace

/// Pane 4: finished calls in the order in which they took effect, and below them the calls in progress.
struct TracePane: PaneView {
    let id = Pane.trace
    let name = "Trace"

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .trace]
        let history = context.model.trace
        let text = EntryText(context)
        let isWhole = list.offset > 0 || context.view.wraps
        let start = min(max(history.range.lowerBound, context.view.clearedBefore), history.range.upperBound)
        let range = start..<history.range.upperBound
        let folding = context.view.folds ? CallFolding(history) : nil
        let isCleared = start > history.range.lowerBound
        func line(_ number: UInt64) -> StyledLine {
            let count = folding?.count(number) ?? 1
            return history[number].map { text.line($0, isWhole: isWhole, count: count) } ?? StyledLine()
        }
        let rows = StreamRows(
            range: range, fixedWidth: text.prefixWidth, isIncluded: { folding?.isShown($0) ?? true }, line: line,
            filter: .records(list.filter, context.model.trace, context.model, line: line),
            memory: context.memory(.trace, list, isWhole: isWhole, range: range))
        return PaneContent(
            // Jumped to from elsewhere, it says from where.
            title: context.view.trail.isEmpty ? "4 Trace" : HistoryPane.path(context),
            note: StreamNote.text(
                list, count: isCleared ? UInt64(range.count) : history.total,
                unit: isCleared ? "lines since C" : "lines")
                + (context.view.folds ? "  folded" : ""),
            rows: .stream(rows), footer: Self.live(text, context),
            emptyText: isCleared ? "Cleared: nothing since. Esc brings the lines back." : "No system call yet.")
    }

    /// Calls in progress, the longest wait first, and below them those that threads are paused before. They take at most half
    /// of the pane; the newest waits are left out first.
    private static func live(_ text: EntryText, _ context: PaneContext) -> [StyledLine] {
        let next = context.model.threads.filter { $0.thread.pausedAt == .beforeCall }
        let waiting = context.model.threads.filter {
            $0.thread.state == .blocked
                && ClockText.between($0.thread.blockedSince, context.model.now) >= CallJudgement.long
        }
        let shown = waiting.sorted { $0.thread.blockedSince < $1.thread.blockedSince }
        let room = context.height / 2
        return (shown.prefix(max(room - next.count, 0)) + next.prefix(room)).compactMap { text.live($0) }
    }
}

/// The right part of a stream's title.
enum StreamNote {
    static func text(_ list: ListState, count: UInt64, unit: String) -> String {
        "\(list.isFollowing ? "follow" : "held")  \(NumberText.short(count)) \(unit)"
    }
}
