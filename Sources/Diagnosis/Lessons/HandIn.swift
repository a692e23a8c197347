import Trace

/// What a learner hands in: the answers, in the order in which they were chosen, and how the guest stood last. Plain text.
package struct HandIn {
    private let run: LessonRun
    private let state: ExaminedState

    package init(_ run: LessonRun, _ state: ExaminedState) {
        self.run = run
        self.state = state
    }

    package var text: String {
        var lines = ["lesson \(run.lesson.number) \(run.lesson.name): \(run.lesson.title)", score, ""]
        for (index, checkpoint) in run.lesson.checkpoints.enumerated() {
            let choices = run.choices[index]
            if let question = checkpoint.question {
                lines.append("\(index + 1). \(question.text)")
                lines += choices.isEmpty ? ["   not answered"] : choices.map { Self.line(question.answers[$0]) }
            } else if !checkpoint.cures.isEmpty {
                lines.append("\(index + 1). cures that were tried")
                lines += choices.isEmpty ? ["   none"] : choices.map { "   \(checkpoint.cures[$0].name)" }
            }
        }
        lines += ["", "the guest at last:"] + facts.map { "   \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }

    private var score: String {
        let total = run.questionCount
        let end = run.phase == .ended ? "" : ", at checkpoint \(run.place) of \(run.placeCount)"
        return "\(run.rightAtFirst) of \(total) right at the first answer\(end)"
    }

    private static func line(_ answer: Lesson.Answer) -> String {
        "   \(answer.isRight ? "right" : "wrong")  \(answer.text)"
    }

    private var facts: [String] {
        let facts = LessonFacts(state)
        let items = state.model.epolls.filter { !$0.mark.isClosed }.flatMap { epoll in
            epoll.items.filter { !$0.mark.isClosed }.map(\.item.fd)
        }
        let watched = items.map { "\(facts.name($0)): \(facts.watched($0).text), \(facts.counts($0).text)" }
        let ready = state.model.epolls.filter { !$0.mark.isClosed }.flatMap { facts.ready($0.epoll.fd) }.map(\.text)
        let end = state.model.guest.hasEnded ? [state.examination.verdict.word] : []
        return watched + ready + facts.lanes.map(\.text) + end
    }
}
