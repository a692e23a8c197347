import Diagnosis

/// A lesson's text. What it speaks of, source and state, stands above it (`LessonLayout`).
struct LessonPane: PaneView {
    let id = Pane.lesson
    let name = "Lesson"

    func content(_ context: PaneContext) -> PaneContent {
        guard let lesson = context.view.lesson else {
            return PaneContent(title: "Lesson", rows: .document(DocumentRows()), emptyText: "No lesson is under way.")
        }
        let run = lesson.run
        let text = LessonText(lesson: lesson, glyphs: context.glyphs, width: context.width)
        let place = "checkpoint \(run.place)/\(run.placeCount)"
        return PaneContent(
            title: run.phase == .ended ? "\(place), the end" : place, note: note(run), rows: .document(text.document))
    }

    private func note(_ run: LessonRun) -> String {
        switch run.phase {
        case .asking: run.checkpoint.question == nil ? "choose a cure" : "choose an answer"
        case .moving, .movingOn: "the guest moves"
        case .curing: "the guest runs"
        case .reading, .answered, .seen, .lost, .ended: ""
        }
    }
}
