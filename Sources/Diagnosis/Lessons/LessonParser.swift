import Trace

/// Reads a lesson's file (assets/lessons/README.md). Every problem is found in one go where that is possible: a line that
/// cannot be understood is passed over.
package struct LessonParser {
    /// Answers, and cures: they are chosen by a digit.
    static let mostChoices = 9
    /// Problems that are told at once.
    private static let mostProblems = 20
    static let mostCheckpoints = 99

    /// What the lines that follow belong to.
    enum Part {
        case head
        case page
        case question
        /// Behind `then`.
        case outcome
        case end
    }

    var lesson: Lesson
    private var problems: [LessonProblem] = []
    var part = Part.head
    /// Where each keyword of the head was, for what may stand once.
    private var places: [String: LessonPlace] = [:]
    /// Where the last checkpoint, its question and its cures begin.
    var stopPlace = LessonPlace(line: 1, column: 1)
    var questionPlace = LessonPlace(line: 1, column: 1)
    var curePlace: LessonPlace?
    private var hasEnd = false

    /// - Parameter name: of the lesson: its file's without the ending.
    /// - Returns: the lesson as far as it could be read, and what is wrong with it, in the order of the lines.
    package static func parse(_ bytes: [UInt8], name: String) -> (lesson: Lesson, problems: [LessonProblem]) {
        var parser = LessonParser(lesson: Lesson(name: name))
        let statements = LessonStatement.read(bytes, &parser.problems)
        for statement in statements { parser.take(statement) }
        parser.finishCheckpoint()
        parser.checkWhole(LessonPlace(line: max((statements.last?.place.line ?? 0), 1), column: 1))
        let problems = parser.problems.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
        return (parser.lesson, Array(problems.prefix(mostProblems)))
    }

    private init(lesson: Lesson) { self.lesson = lesson }

    static let headKeywords = ["title", "number", "about", "guest", "after", "lint", "native"]
    static let pageKeywords = ["only", "say", "show", "ask", "*", "-", "why", "whatif", "then", "free", "cure"]
    static let keywords = headKeywords + ["stop"] + pageKeywords + ["end"]

    private mutating func take(_ line: LessonStatement) {
        let keyword = line.keyword
        guard Self.keywords.contains(keyword) else {
            let nearest = Spelling.nearest(to: keyword, among: Self.keywords.filter { $0.count > 1 })
            return complain(
                line.place,
                "'\(keyword.prefix(40))' is no keyword" + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
        }
        if hasEnd { return complain(line.place, "nothing can follow 'end'") }
        if Self.headKeywords.contains(keyword) {
            guard case .head = part else {
                return complain(line.place, "'\(keyword)' belongs before the first 'stop'")
            }
            return takeHead(line)
        }
        if keyword == "stop" { return takeStop(line) }
        if keyword == "end" {
            lesson.ending = words(line)
            hasEnd = true
            return
        }
        if case .head = part { return complain(line.place, "'\(keyword)' belongs to a checkpoint: 'stop' comes first") }
        takePage(line)
    }

    // MARK: the head

    private mutating func takeHead(_ line: LessonStatement) {
        let keyword = line.keyword
        if let before = places[keyword], !["after", "lint"].contains(keyword) {
            return complain(line.place, "'\(keyword)' is there already, in line \(before.line)")
        }
        places[keyword] = line.place
        switch keyword {
        case "title": lesson.title = words(line)
        case "about": lesson.about = words(line)
        case "number":
            if let number = Int(line.text), (1...999).contains(number) {
                lesson.number = number
            } else {
                complain(line.place(of: 0), "expected a number from 1 to 999 behind 'number'")
            }
        case "guest":
            guard let program = program(line) else { return }
            guard program.file.hasSuffix(".c") else {
                return complain(line.place(of: 0), "expected the guest's source, a name that ends in .c")
            }
            lesson.guest = program
        case "native": lesson.native = program(line)
        case "after": if let name = fileName(line) { lesson.needs.append(name) }
        case "lint":
            guard let lint = Lint.called(line.text) else {
                return complain(
                    line.place(of: 0), "there is no lint '\(line.text.prefix(40))'; 'wasix-top lints' lists them")
            }
            lesson.lints.append(lint.code)
        default: break
        }
    }

    private mutating func program(_ line: LessonStatement) -> Lesson.Program? {
        let parts = line.text.split(separator: " ").map(String.init)
        guard let file = parts.first, Self.isFileName(file) else {
            complain(line.place(of: 0), "expected the name of a file, without a folder, behind '\(line.keyword)'")
            return nil
        }
        return Lesson.Program(file: file, arguments: Array(parts.dropFirst()), place: line.place(of: 0))
    }

    private mutating func fileName(_ line: LessonStatement) -> String? {
        guard Self.isFileName(line.text) else {
            complain(line.place(of: 0), "expected the name of a lesson behind '\(line.keyword)'")
            return nil
        }
        return line.text
    }

    /// No folder: a lesson names what lies beside it, or beside the guests.
    static func isFileName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                byte == 45 || byte == 46 || byte == 95 || (48...57).contains(byte) || (65...90).contains(byte)
                    || (97...122).contains(byte)
            }
    }

    // MARK: what must be there

    mutating func finishCheckpoint() {
        guard let checkpoint = lesson.checkpoints.last else { return }
        if let question = checkpoint.question {
            if question.answers.count < 2 { complain(questionPlace, "the question needs two answers at least") }
            if !question.answers.contains(where: \.isRight) {
                complain(questionPlace, "the question has no right answer: one that begins with '*'")
            }
            if question.why.isEmpty { complain(questionPlace, "the question has no 'why'") }
        }
        if checkpoint.question != nil, !checkpoint.cures.isEmpty {
            complain(questionPlace, "a checkpoint has a question or cures, not both")
        }
        if checkpoint.page.texts.isEmpty, checkpoint.question == nil, checkpoint.cures.isEmpty {
            complain(stopPlace, "the checkpoint says and asks nothing")
        }
        if checkpoint.whatIf != nil, checkpoint.question == nil {
            complain(stopPlace, "'whatif' is shown when a question has been answered, and there is none")
        }
        if lesson.checkpoints.count == 1, checkpoint.page.shows.isEmpty {
            complain(stopPlace, "the first checkpoint must 'show' something")
        }
    }

    private mutating func checkWhole(_ end: LessonPlace) {
        for keyword in ["title", "number", "about", "guest"] where places[keyword] == nil {
            complain(LessonPlace(line: 1, column: 1), "there is no '\(keyword)'")
        }
        if lesson.checkpoints.isEmpty { complain(end, "there is no checkpoint: no 'stop'") }
        if !hasEnd { complain(end, "there is no 'end'") }
    }

    mutating func words(_ line: LessonStatement) -> String {
        if line.text.isEmpty { complain(line.place, "a text is missing behind '\(line.keyword)'") }
        return line.text
    }

    mutating func complain(_ place: LessonPlace, _ message: String) {
        problems.append(LessonProblem(place, message))
    }
}
