import Diagnosis
import Terminal

/// The lower half of a lesson's screen: what is said, the question, its answers, and what there is to say of the one that
/// was chosen.
struct LessonText {
    /// The section by which the cursor knows answers and cures.
    static let section = 0

    let lesson: LessonView
    let glyphs: Glyphs
    /// Columns that a line has.
    let width: Int

    private var run: LessonRun { lesson.run }
    private var checkpoint: Lesson.Checkpoint { run.checkpoint }

    var document: DocumentRows { document(run.phase) }

    /// Lines that the checkpoint needs, whatever is answered: nothing moves while it is read.
    var mostLines: Int {
        if run.phase == .ended { return .max }
        var phases: [LessonRun.Phase] = [.reading, .asking(wrong: nil), .seen]
        if let question = checkpoint.question {
            phases += question.answers.indices.map { question.answers[$0].isRight ? .answered($0) : .asking(wrong: $0) }
            phases.append(.answered(nil))
        }
        phases += checkpoint.cures.indices.map { .curing($0) }
        return phases.map { document($0).count }.max() ?? 0
    }

    private func document(_ phase: LessonRun.Phase) -> DocumentRows {
        var document = DocumentRows()
        switch phase {
        case .moving, .movingOn:
            let calls = run.runner.steps
            add("The guest is on its way: \(NumberText.counted(calls, "call")) so far.", Style(.faint), to: &document)
        case .reading:
            for text in checkpoint.page.texts { add(text, to: &document) }
            hint("Enter or s goes on", to: &document)
        case .asking(let wrong): addQuestion(wrong: wrong, to: &document)
        case .answered(let choice): addAnswer(choice, to: &document)
        case .seen:
            for text in checkpoint.outcome?.texts ?? [] { add(text, to: &document) }
            hint("Enter or s goes on", to: &document)
        case .curing(let cure): addCure(cure, to: &document)
        case .lost(let why):
            add(Sanitizer.clean(why), Style(.attention), to: &document)
            hint("Esc shows the guest, q leaves", to: &document)
        case .ended: addEnd(to: &document)
        }
        return document
    }

    // MARK: questions

    private func addQuestion(wrong: Int?, to document: inout DocumentRows) {
        if wrong == nil {
            for text in checkpoint.page.texts { add(text, to: &document) }
            if document.count > 0 { document.add(StyledLine()) }
        }
        guard let question = checkpoint.question else {
            for (index, cure) in checkpoint.cures.enumerated() {
                addChoice(index, cure.name, nil, canBeChosen: true, to: &document)
            }
            return hint("the guest starts anew with what you choose", to: &document)
        }
        add(question.text, Style(.title), to: &document)
        let chosen = run.choices[run.index]
        for (index, answer) in question.answers.enumerated() {
            let isWrong = chosen.contains(index) && !answer.isRight
            addChoice(index, answer.text, isWrong ? false : nil, canBeChosen: true, to: &document)
        }
        guard let wrong else { return }
        add("Not so. \(question.answers[wrong].note)", Style(.attention), to: &document)
        hint("choose again, or s shows the answer", to: &document)
    }

    private func addAnswer(_ choice: Int?, to document: inout DocumentRows) {
        guard let question = checkpoint.question else { return }
        add(question.text, Style(.title), to: &document)
        let chosen = run.choices[run.index]
        for (index, answer) in question.answers.enumerated() {
            let mark: Bool? = answer.isRight ? true : chosen.contains(index) ? false : nil
            addChoice(index, answer.text, mark, canBeChosen: false, to: &document)
        }
        let note = choice.map { question.answers[$0].note } ?? ""
        let begin = choice == nil ? "" : note.isEmpty ? "Right. " : "Right. \(note) "
        add(begin + question.why, Style(choice == nil ? .text : .good), rest: .text, to: &document)
        hint("Enter or s goes on", to: &document)
    }

    /// - Parameter mark: whether it is right; nil where that is not said.
    private func addChoice(
        _ index: Int, _ text: String, _ mark: Bool?, canBeChosen: Bool, to document: inout DocumentRows
    ) {
        let sign = mark.map { Character($0 ? glyphs.yes : glyphs.no) } ?? " "
        let role: Role = mark.map { $0 ? .good : .attention } ?? .text
        var line = StyledLine(" \(sign) ", Style(role))
        line.add(.keyName, "\(index + 1)")
        line.add(" ")
        line.add(Self.styled(text, Style(role)))
        let spot = RowID.spot(section: Self.section, index: index)
        for (place, part) in line.wrapped(max(width - 1, 16), indent: 5).enumerated() {
            document.add(
                .init(part, spot: place == 0 && canBeChosen ? spot : nil, target: canBeChosen ? .choice(index) : nil))
        }
    }

    // MARK: cures and the end

    private func addCure(_ cure: Int, to document: inout DocumentRows) {
        for (index, other) in checkpoint.cures.enumerated() {
            addChoice(index, other.name, index == cure ? true : nil, canBeChosen: true, to: &document)
        }
        document.add(StyledLine())
        if checkpoint.cures.indices.contains(cure) { add(checkpoint.cures[cure].text, to: &document) }
        hint("the guest runs; choose another one, or s ends the lesson", to: &document)
    }

    private func addEnd(to document: inout DocumentRows) {
        add("This was lesson \(run.lesson.number): \(run.lesson.title).", Style(.title), to: &document)
        if run.questionCount > 0 {
            let total = NumberText.counted(run.questionCount, "question")
            add("\(run.rightAtFirst) of \(total) right at the first answer.", to: &document)
        }
        document.add(StyledLine())
        add(run.lesson.ending, to: &document)
        hint(
            "y copies your answers and the guest's state, to hand in; w writes them to a file; q leaves", to: &document)
        guard !lesson.transcript.isEmpty else { return }
        document.addHeading("The same source, built for Linux, prints")
        for line in lesson.transcript { document.add(StyledLine("  " + Sanitizer.clean(line), Style(.quoted))) }
    }

    // MARK: lines

    private func hint(_ text: String, to document: inout DocumentRows) { add(text, Style(.faint), to: &document) }

    /// - Parameter rest: the style behind the first sentence; nil for the same.
    private func add(_ text: String, _ style: Style = .text, rest: Role? = nil, to document: inout DocumentRows) {
        var line = StyledLine()
        if let rest, let end = text.firstIndex(of: ".") {
            line.add(Self.styled(String(text[...end]), style))
            line.add(Self.styled(String(text[text.index(after: end)...]), Style(rest)))
        } else {
            line = Self.styled(text, style)
        }
        for part in line.wrapped(max(width - 2, 16), indent: 0) { document.add(StyledLine(" ").adding(part)) }
    }

    /// What stands between backquotes is code.
    static func styled(_ text: String, _ style: Style) -> StyledLine {
        var line = StyledLine()
        for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            line.add(Sanitizer.clean(String(part)), index % 2 == 0 ? style : Style(.call))
        }
        return line
    }
}
