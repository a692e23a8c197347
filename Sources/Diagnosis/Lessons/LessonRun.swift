import Model
import Trace

/// A lesson under way: at which checkpoint it is, what was answered, and what is to be done with the guest. A value that
/// sees states and answers; whoever drives it does what it orders.
package struct LessonRun: Sendable {
    package enum Phase: Sendable, Equatable {
        /// On the way to the checkpoint, or to what came of it.
        case moving, movingOn
        /// Its text is read; there is nothing to choose.
        case reading
        /// Its question waits for an answer, or its cures for a choice. A wrong answer was given, by its index.
        case asking(wrong: Int?)
        /// The right answer is known: chosen, by its index, or shown.
        case answered(Int?)
        /// What came of it is seen.
        case seen
        /// The guest runs with a cure, by its index.
        case curing(Int)
        /// The guest cannot come to the checkpoint: why.
        case lost(String)
        case ended
    }

    package enum Order: Sendable, Equatable {
        case step(ThreadID)
        case pause
        case resume
        /// The guest ends, and another one starts with these arguments and runs.
        case restart([String])
    }

    package let lesson: Lesson
    /// Of the checkpoint.
    package private(set) var index = 0
    package private(set) var phase = Phase.moving
    /// The answers that were chosen at each checkpoint, first to last.
    package private(set) var choices: [[Int]]
    package private(set) var trail = LessonTrail()
    package private(set) var runner = LessonRunner()
    /// The guest was told to run by itself.
    private var isFree = false

    package init(_ lesson: Lesson) {
        self.lesson = lesson
        choices = Array(repeating: [], count: lesson.checkpoints.count)
        if lesson.checkpoints.isEmpty { phase = .ended }
    }

    package var checkpoint: Lesson.Checkpoint { lesson.checkpoints[min(index, lesson.checkpoints.count - 1)] }

    /// The guest is on its way.
    package var isMoving: Bool { phase == .moving || phase == .movingOn }

    /// The page that is read, or that the guest is on its way to.
    package var page: Lesson.Page {
        switch phase {
        case .movingOn, .seen: checkpoint.outcome ?? checkpoint.page
        default: checkpoint.page
        }
    }

    /// What is shown: what the page says, else what was shown last before it.
    package var shows: [Lesson.Show] {
        var shown: [Lesson.Show] = []
        for place in 0...min(index, lesson.checkpoints.count - 1) {
            let checkpoint = lesson.checkpoints[place]
            if !checkpoint.page.shows.isEmpty { shown = checkpoint.page.shows }
            guard let outcome = checkpoint.outcome, !outcome.shows.isEmpty else { continue }
            if place < index || phase == .movingOn || phase == .seen { shown = outcome.shows }
        }
        guard let level = checkpoint.whatIf, isAnswered, !shown.contains(.level(level)) else { return shown }
        let place = shown.firstIndex(of: .lifeline(level)).map { $0 + 1 } ?? shown.count
        shown.insert(.level(level), at: place)
        return shown
    }

    private var isAnswered: Bool {
        switch phase {
        case .answered, .movingOn, .seen: true
        default: false
        }
    }

    // MARK: the guest

    /// Takes the next state. States must come in order.
    package mutating func take(_ state: ExaminedState) -> Order? {
        let isStill = state.model.isSettled || state.model.guest.hasEnded
        if isStill || isFree { trail.note(state.model) }
        guard isMoving else { return nil }
        guard !isFree else {
            isFree = false
            runner.forget()
            return .pause
        }
        switch runner.move(state, until: page.stop, movers: page.movers) {
        case .step(let thread): return .step(thread)
        case .wait: return nil
        case .lost(let why):
            phase = .lost(why)
            return nil
        case .arrived:
            if phase == .movingOn {
                phase = .seen
                return nil
            }
            return arrive()
        }
    }

    private mutating func arrive() -> Order? {
        let isAsking = checkpoint.question != nil || !checkpoint.cures.isEmpty
        phase = isAsking ? .asking(wrong: nil) : .reading
        guard checkpoint.isFree else { return nil }
        isFree = true
        return .resume
    }

    // MARK: the learner

    /// How many answers or cures there are to choose from.
    package var choiceCount: Int {
        switch phase {
        case .asking: checkpoint.question?.answers.count ?? checkpoint.cures.count
        case .curing: checkpoint.cures.count
        default: 0
        }
    }

    /// An answer or a cure was chosen. One that is not there is passed over.
    package mutating func choose(_ choice: Int) -> Order? {
        guard (0..<choiceCount).contains(choice) else { return nil }
        choices[index].append(choice)
        guard let question = checkpoint.question else {
            phase = .curing(choice)
            isFree = true
            trail = LessonTrail()
            runner = LessonRunner()
            return .restart(checkpoint.cures[choice].arguments)
        }
        phase = question.answers[choice].isRight ? .answered(choice) : .asking(wrong: choice)
        return nil
    }

    /// The learner goes on. After a wrong answer the right one is shown first.
    /// - Returns: false where an answer must be chosen first.
    package mutating func goOn() -> Bool {
        switch phase {
        case .moving, .movingOn, .lost, .ended: return true
        case .asking(let wrong):
            guard wrong != nil else { return false }
            phase = .answered(nil)
        case .answered, .reading:
            if checkpoint.outcome != nil { phase = .movingOn } else { advance() }
        case .seen, .curing: advance()
        }
        return true
    }

    private mutating func advance() {
        if index + 1 < lesson.checkpoints.count {
            index += 1
            phase = .moving
        } else {
            phase = .ended
        }
    }
}

/// How the learner did.
extension LessonRun {
    /// Of the checkpoint among all, from 1; the end is the last one.
    package var place: Int { phase == .ended ? placeCount : index + 1 }
    package var placeCount: Int { lesson.checkpoints.count + 1 }

    package var questionCount: Int { lesson.checkpoints.count { $0.question != nil } }

    /// Questions whose first answer was right.
    package var rightAtFirst: Int {
        zip(lesson.checkpoints, choices).count { checkpoint, choices in
            guard let first = choices.first else { return false }
            return checkpoint.question?.answers[first].isRight ?? false
        }
    }

    /// Questions that have been answered, or whose answer was shown.
    package var answeredCount: Int {
        zip(lesson.checkpoints, choices).count { checkpoint, choices in
            checkpoint.question != nil && !choices.isEmpty
        }
    }
}
