import Model
import Terminal
import Trace

/// One call with all that its record holds: arguments, bytes, times, what led to it, what it led to.
struct EventPane: PaneView {
    let id = Pane.event
    let name = "Event"
    /// Calls that are looked through for the one before and the one after, with every picture.
    private static let patience: UInt64 = 20_000

    func content(_ context: PaneContext) -> PaneContent {
        guard case .event(let entry) = context.view.trail.last?.content else {
            return PaneContent(title: "Event", rows: .document(DocumentRows()), emptyText: "The call has gone.")
        }
        return PaneContent(
            title: HistoryPane.path(context), note: "call \(NumberText.grouped(entry.sequence))  [ ] = on the same fd",
            rows: .document(EventDocument(context, entry).rows()))
    }

    /// The call on the same description before or after `entry`, among the calls that are kept near it.
    static func neighbour(of entry: TraceEntry, step: Int, in history: TraceHistory) -> UInt64? {
        let object = entry.record.objects.0
        guard object != 0 else { return nil }
        let target = HistoryTarget.object(ObjectID(rawValue: object))
        func isOnIt(_ number: UInt64) -> Bool { history[number].map(target.includes) ?? false }
        return step < 0
            ? history.numbers(before: entry.sequence, reach: Self.patience).last(where: isOnIt)
            : history.numbers(from: entry.sequence + 1, reach: Self.patience).first(where: isOnIt)
    }
}
