import Diagnosis
import Terminal
import Trace

/// Why a wait for events returned what it did, item by item.
struct ExplainPane: PaneView {
    let id = Pane.explain
    let name = "Explain"

    func content(_ context: PaneContext) -> PaneContent {
        guard let wait = context.view.explained else {
            return PaneContent(title: name, rows: .document(DocumentRows()), emptyText: "There is no wait.")
        }
        let scene = ExplainScene(wait, context.model)
        guard let explanation = scene.explanation else {
            return PaneContent(
                title: name, note: "e = the next wait", rows: .document(DocumentRows()), emptyText: Self.whyNone(scene))
        }
        let document = ExplainDocument(context, scene, explanation)
        var content = PaneContent(
            title: Self.title(scene), note: Self.neighbours(scene, context.glyphs), rows: .document(document.items()))
        content.above = document.above()
        content.below = document.below()
        return content
    }

    private static func whyNone(_ scene: ExplainScene) -> String {
        let isClosed = scene.instance.map { $0.mark.isClosed } ?? true
        if isClosed, scene.history == nil || scene.wait.place == .next {
            return "The instance has been closed, and what its waits did has gone with it."
        }
        guard scene.history != nil else { return "Asking the guest what its waits did ..." }
        return "What this wait did is not kept any more: of an instance the last 256 waits and more are."
    }

    /// `Explain wait 9,134 of epoll 3`
    private static func title(_ scene: ExplainScene) -> String {
        let fd = scene.instance.map { " of epoll \($0.epoll.fd.rawValue)" } ?? ""
        let number = NumberText.grouped(scene.number)
        guard let look = scene.look else {
            let isUnderWay = scene.waiter?.thread.state == .blocked
            return isUnderWay ? "Explain wait \(number)\(fd), under way" : "Explain the next wait\(fd)"
        }
        return "Explain wait \(number)\(fd)\(look.outcome == .asleep ? ", before its sleep" : "")"
    }

    /// `◀ 9,133  9,135 ▶`
    private static func neighbours(_ scene: ExplainScene, _ glyphs: Glyphs) -> String {
        let before = scene.wait.neighbour(-1, in: scene.history).flatMap { $0.look(in: scene.history) }
        var parts: [String] = []
        if let before { parts.append("\(Character(glyphs.left)) \(NumberText.grouped(before.wait))") }
        if let after = scene.wait.neighbour(1, in: scene.history) {
            let text = after.look(in: scene.history).map { NumberText.grouped($0.wait) } ?? "now"
            parts.append("\(text) \(Character(glyphs.pointer))")
        }
        return parts.joined(separator: "  ")
    }
}
