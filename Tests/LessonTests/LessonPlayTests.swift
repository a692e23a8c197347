import Diagnosis
import Terminal
import Testing

@testable import UI

/// Every lesson is played with its guest, to the end.
@Suite(.serialized) struct LessonPlayTests {
    private static let sizes = [(120, 40), (60, 20), (40, 10), (20, 5)]

    /// What must hold of every page, at every size where that is asked for.
    private func look(
        _ player: LessonPlayer, everySize: Bool = false, _ location: SourceLocation = #_sourceLocation
    ) {
        for (columns, rows) in everySize ? Self.sizes : [] {
            let utf8 = player.canvas(columns, rows)
            let ascii = player.canvas(columns, rows, .ascii)
            #expect(utf8.size == Size(columns: columns, rows: rows), sourceLocation: location)
            #expect(ascii.text.utf8.allSatisfy { $0 < 0x7f }, sourceLocation: location)
        }
        let place = "\(player.lesson.name), checkpoint \(player.run.index + 1), \(player.run.phase)"
        if player.run.phase != .ended {
            #expect(
                !player.lines.contains { $0.contains(" more ↓") }, "\(place): does not fit", sourceLocation: location)
        }
    }

    /// Plays to the end. At each question `answer` chooses.
    private func play(_ player: LessonPlayer, _ answer: (LessonPlayer, Lesson.Question) throws -> Void) throws {
        for (index, checkpoint) in player.lesson.checkpoints.enumerated() {
            try player.arrive()
            look(player, everySize: true)
            try #require(player.run.index == index, "\(player.run.phase)")
            for text in checkpoint.page.texts { #expect(player.shows(text), "\(text)") }
            if let question = checkpoint.question {
                #expect(player.shows(question.text))
                for choice in question.answers { #expect(player.shows(choice.text)) }
                try answer(player, question)
                look(player)
            } else if !checkpoint.cures.isEmpty {
                #expect(player.run.phase == .asking(wrong: nil))
                try player.press(1)
                try player.look()
                #expect(player.shows(checkpoint.cures[0].text))
                look(player)
            }
            try player.press(.character("s"))
            guard let outcome = checkpoint.outcome else { continue }
            try player.arrive()
            #expect(player.run.phase == .seen)
            look(player)
            for text in outcome.texts { #expect(player.shows(text), "\(text)") }
            try player.press(.enter)
        }
        #expect(player.run.phase == .ended)
        look(player)
    }

    @Test(arguments: LessonFiles.names)
    func withRightAnswersItEnds(_ name: String) throws {
        let player = try LessonPlayer(name)
        try play(player) { player, question in
            let right = question.answers.firstIndex { $0.isRight } ?? 9
            try player.press(right + 1)
            #expect(player.run.phase == .answered(right))
            #expect(player.shows("Right."))
            #expect(player.shows(question.why), "\(question.why)")
        }
        #expect(player.run.rightAtFirst == player.run.questionCount)
        try player.press(.character("y"))
        guard case .copy(let text) = player.reactions.last else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.contains("\(player.run.questionCount) of \(player.run.questionCount) right"))
        #expect(!text.contains("wrong"))
        #expect(text.contains("the guest at last:"))
    }

    @Test(arguments: LessonFiles.names)
    func eachWrongAnswerIsToldWhatItMisunderstands(_ name: String) throws {
        let player = try LessonPlayer(name)
        try play(player) { player, question in
            for (index, answer) in question.answers.enumerated() where !answer.isRight {
                try player.press(index + 1)
                #expect(player.run.phase == .asking(wrong: index))
                #expect(player.shows("Not so. \(answer.note)"), "\(answer.note)")
                look(player)
            }
            // The right one is shown to who does not find it.
            try player.press(.character("s"))
            #expect(player.run.phase == .answered(nil))
            #expect(player.shows(question.why))
        }
        #expect(player.run.rightAtFirst == 0)
        let wrong = player.lesson.checkpoints.compactMap(\.question).flatMap(\.answers).count { !$0.isRight }
        try player.press(.character("y"))
        guard case .copy(let text) = player.reactions.last else {
            Issue.record("nothing was copied")
            return
        }
        #expect(text.split(separator: "\n").count { $0.hasPrefix("   wrong  ") } == wrong)
    }

    /// The guest is moved a call of one thread at a time, so what is seen does not depend on the machine.
    @Test(arguments: LessonFiles.names)
    func itGoesTheSameWayEveryTime(_ name: String) throws {
        func way() throws -> [String] {
            let player = try LessonPlayer(name)
            var seen: [String] = []
            while player.run.phase != .ended {
                try player.arrive()
                if !player.run.checkpoint.cures.isEmpty { break }
                let facts = LessonFacts(player.state)
                let items = player.state.model.epolls.flatMap { $0.items.map(\.item.fd) }
                seen.append("\(player.run.index) \(player.run.phase) \(facts.lanes) \(items.map { facts.counts($0) })")
                if case .asking = player.run.phase { try player.press(1) }
                try player.press(.character("s"))
                if case .answered(nil) = player.run.phase { try player.press(.character("s")) }
            }
            return seen
        }
        #expect(try way() == way())
    }
}
