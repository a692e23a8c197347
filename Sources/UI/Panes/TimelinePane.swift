import Diagnosis
import Model
import Terminal
import Trace

/// Threads and a registration on one axis of time.
struct TimelinePane: PaneView {
    let id = Pane.timeline
    let name = "Timeline"

    func content(_ context: PaneContext) -> PaneContent {
        guard case .timeline(let place) = context.view.trail.last?.content else {
            return PaneContent(title: name, rows: .document(DocumentRows()), emptyText: "It has gone.")
        }
        let model = context.model
        let scale = "\(context.duration(place.nanoseconds))/col"
        let note =
            if let cursor = place.cursor {
                "at \(ClockText.exact(model.time.sinceStart(monotonic: cursor))) (\(context.age(cursor)) ago)  \(scale)"
            } else { "live  \(scale)" }
        return PaneContent(
            title: HistoryPane.path(context), note: note, rows: .document(TimelineDocument(context, place).rows()))
    }
}
