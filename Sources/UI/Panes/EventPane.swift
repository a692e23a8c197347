import Model
import Terminal
import Trace

/// One call with all that its record holds: arguments, bytes, times, what led to it, what it led to.
struct EventPane: PaneView {
    let id = Pane.event
    let name = "Event"
    /// Calls that are looked through for the one before and the one after, with every picture.
    private static let patience = 20_000

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
        var left = Self.patience
        var number = entry.sequence
        while left > 0 {
            if step < 0 {
                guard number > history.range.lowerBound else { return nil }
                number -= 1
            } else {
                number += 1
                guard number < history.range.upperBound else { return nil }
            }
            if let other = history[number], target.includes(other) { return number }
            left -= 1
        }
        return nil
    }
}
