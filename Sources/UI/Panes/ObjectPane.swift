import Model
import Terminal
import Trace

/// An open file description with all that is known of it: the page of a descriptor.
struct ObjectPane: PaneView {
    let id = Pane.object
    let name = "Descriptor"

    func content(_ context: PaneContext) -> PaneContent {
        guard case .object(let object) = context.view.trail.last?.content else {
            return PaneContent(title: name, rows: .document(DocumentRows()), emptyText: "It has gone.")
        }
        return PaneContent(
            title: HistoryPane.path(context), note: "Enter = go there",
            rows: .document(ObjectDocument(context, object).rows()))
    }
}
