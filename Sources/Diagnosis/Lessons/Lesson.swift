import Trace

/// A lesson as its file says it (assets/lessons/README.md): a guest, checkpoints at which it stands still, and what is
/// shown and asked there. Data alone; texts are printable.
package struct Lesson: Sendable, Equatable {
    /// The name of its file without the ending: what `learn` is asked for.
    package var name: String
    package var title = ""
    /// Its place among the others.
    package var number = 0
    package var about = ""
    package var guest = Program(file: "", arguments: [])
    /// Lessons that explain what this one takes for granted, by their names.
    package var needs: [String] = []
    /// Codes of the lints that its fault is found by.
    package var lints: [String] = []
    /// What the guest prints as a program of Linux: a file beside the lesson, and the arguments it was made with.
    package var native: Program?
    package var checkpoints: [Checkpoint] = []
    /// The rule to remember.
    package var ending = ""

    package init(name: String) { self.name = name }

    /// A file and arguments.
    package struct Program: Sendable, Equatable {
        package var file: String
        package var arguments: [String]
        package var place = LessonPlace(line: 0, column: 0)

        /// The guest's module: the source's name with another ending.
        package var module: String { file.hasSuffix(".c") ? file.dropLast(2) + ".wasm" : file + ".wasm" }
    }

    /// Where the guest runs to, and what is said and shown there.
    package struct Page: Sendable, Equatable {
        package var stop: Condition
        /// Of its line in the file.
        package var place = LessonPlace(line: 1, column: 1)
        /// The threads that may move on the way; nil for all.
        package var movers: Set<ThreadID>?
        /// Paragraphs.
        package var texts: [String] = []
        /// Empty for what was shown before.
        package var shows: [Show] = []
    }

    package struct Checkpoint: Sendable, Equatable {
        package var page: Page
        package var question: Question?
        /// The registration whose fate under level-triggering is shown from the answer on.
        package var whatIf: FdNumber?
        /// What is seen to come of it.
        package var outcome: Page?
        /// The guest runs as it likes while the learner is here.
        package var isFree = false
        package var cures: [Cure] = []
    }

    package struct Question: Sendable, Equatable {
        package var text: String
        package var answers: [Answer] = []
        /// Shown when it has been answered.
        package var why = ""
    }

    package struct Answer: Sendable, Equatable {
        package var text: String
        package var isRight: Bool
        /// What those misunderstand who choose it; of a right one a word for them, or nothing.
        package var note = ""
    }

    /// A change of the guest, which starts anew with these arguments.
    package struct Cure: Sendable, Equatable {
        package var name: String
        package var arguments: [String]
        /// What is seen then.
        package var text = ""
    }

    package enum Show: Sendable, Equatable {
        case source(SourceRange)
        case lifeline(FdNumber)
        case twins(FdNumber)
        case level(FdNumber)
        case ready(FdNumber)
        case queue(FdNumber)
        case lanes, why, output

        package var isSource: Bool { if case .source = self { true } else { false } }
    }

    /// Lines of a source file, named by what they say.
    package struct SourceRange: Sendable, Equatable {
        package var file: String
        package var first: String
        /// nil for as many lines as there is room for.
        package var last: String?
        package var place: LessonPlace
    }

    /// Words of all texts, what a learner reads at most.
    package var words: Int {
        let pages = checkpoints.flatMap { [$0.page] + ($0.outcome.map { [$0] } ?? []) }
        let questions = checkpoints.compactMap(\.question)
        let texts =
            pages.flatMap(\.texts)
            + questions.flatMap { [$0.text, $0.why] + $0.answers.flatMap { [$0.text, $0.note] } }
            + checkpoints.flatMap(\.cures).flatMap { [$0.name, $0.text] } + [title, ending]
        return texts.reduce(0) { $0 + $1.split(separator: " ").count }
    }
}

/// A place in a lesson's file, both from 1.
package struct LessonPlace: Sendable, Hashable {
    package var line: Int
    /// In characters.
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// What is wrong with a lesson's file, and where.
package struct LessonProblem: Error, Sendable, Equatable {
    package let place: LessonPlace
    /// One sentence without a full stop.
    package let message: String

    package init(_ place: LessonPlace, _ message: String) {
        self.place = place
        self.message = message
    }
}
