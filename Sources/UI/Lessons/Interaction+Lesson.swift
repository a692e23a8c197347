import Diagnosis
import Model
import Terminal
import Trace

/// A lesson: its answers, its guest, and the way to it from what was found.
extension Interaction {
    /// Shows the lesson the newest state; answers what is left for the event loop to do. To be called with each state, in
    /// order.
    package mutating func advance(_ live: ExaminedState) -> [Reaction] {
        guard var lesson = view.lesson else { return [] }
        let before = lesson.run.phase
        let order = lesson.run.take(live)
        view.lesson = lesson
        if lesson.run.phase != before { view.forgetLessonPlace() }
        return order.map { [reaction($0)] } ?? []
    }

    /// A lesson's guest is on its way: each state is wanted at once.
    package var isHurried: Bool { view.lesson?.run.isMoving ?? false }

    private func reaction(_ order: LessonRun.Order) -> Reaction {
        switch order {
        case .step(let thread): .control(.step(thread))
        case .pause: .control(.pause)
        case .resume: .control(.resume)
        case .restart(let arguments): .restart(arguments)
        }
    }

    /// Enter: the answer under the cursor, or on.
    mutating func enterLesson(_ state: ExaminedState) -> [Reaction] {
        guard let count = view.lesson?.run.choiceCount, count > 0 else { return goOn() }
        guard case .spot(LessonText.section, let index) = view[list: .lesson].cursor else { return [] }
        return choose(index)
    }

    /// - Parameter index: of the answer or cure, from 0.
    mutating func choose(_ index: Int) -> [Reaction] {
        guard var lesson = view.lesson else { return [] }
        let count = lesson.run.choiceCount
        guard index < count else {
            view.message =
                count == 0 ? "there is nothing to choose here: Enter goes on" : "there are \(count) to choose from"
            return []
        }
        let order = lesson.run.choose(index)
        view.lesson = lesson
        view[list: .lesson].top = 0
        return order.map { [reaction($0)] } ?? []
    }

    /// s: to the next part of the lesson.
    mutating func goOn() -> [Reaction] {
        guard var lesson = view.lesson else { return [] }
        if lesson.run.isMoving {
            view.message = "the guest is on its way"
        } else if case .lost = lesson.run.phase {
            view.message = "the lesson cannot go on; q leaves"
        } else if lesson.run.phase == .ended {
            view.message = "this is the end: y copies, q leaves"
        } else if !lesson.run.goOn() {
            view.message = "choose an answer first: its digit, or Up and Down and Enter"
        } else {
            view.lesson = lesson
            view.forgetLessonPlace()
        }
        return []
    }

    /// L: the lesson under way; else the one about what is wrong.
    mutating func showLesson(_ state: ExaminedState) {
        guard view.lesson == nil else { return view.show(.lesson) }
        let finding: Finding? =
            switch view[list: view.focus].cursor {
            case .finding(let id) where view.focus == .findings: state.examination.findings.first { $0.id == id }
            default: view.whyFinding(state.examination)
            }
        guard let finding else {
            view.message = "nothing was found to be wrong; 'wasix-top learn' lists the lessons"
            return
        }
        guard let name = view.lessonNames[finding.lint.code] else {
            view.message = "no lesson is about \(finding.lint.code); 'wasix-top lints \(finding.lint.name)' explains it"
            return
        }
        guard view.canType else {
            view.message = "'wasix-top learn \(name)' is about it"
            return
        }
        view.prompt = .confirmLesson(name)
    }

    /// What the learner hands in.
    func handIn(_ state: ExaminedState) -> String? {
        guard let run = view.lesson?.run else { return nil }
        return HandIn(run, state).text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Sanitizer.clean(String($0)) }.joined(separator: "\n")
    }
}

extension ViewState {
    /// A finding is shown that a lesson is about.
    var hasLessonForFinding: Bool {
        guard case .why(let finding?) = trail.last?.content else { return false }
        return lessonNames[finding.lint.code] != nil
    }

    /// The text of another part of the lesson is read from its beginning.
    mutating func forgetLessonPlace() { self[list: .lesson] = ListState() }
}
