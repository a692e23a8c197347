import Trace

/// Reads a lesson's file (assets/lessons/README.md). Every problem is found in one go where that is possible: a line that
/// cannot be understood is passed over.
package struct LessonParser {
    /// Answers, and cures: they are chosen by a digit.
    static let mostChoices = 9
    /// Problems that are told at once.
    private static let mostProblems = 20
    private static let mostCheckpoints = 99

    /// What the lines that follow belong to.
    private enum Part {
        case head
        case page
        case question
        /// Behind `then`.
        case outcome
        case end
    }

    private var lesson: Lesson
    private var problems: [LessonProblem] = []
    private var part = Part.head
    /// Where each keyword of the head was, for what may stand once.
    private var places: [String: LessonPlace] = [:]
    /// Where the last checkpoint, its question and its cures begin.
    private var stopPlace = LessonPlace(line: 1, column: 1)
    private var questionPlace = LessonPlace(line: 1, column: 1)
    private var curePlace: LessonPlace?
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

    // MARK: checkpoints

    private mutating func takeStop(_ line: LessonStatement) {
        finishCheckpoint()
        if curePlace != nil {
            complain(line.place, "no checkpoint can follow one with 'cure': the guest has started anew")
            curePlace = nil
        }
        if lesson.checkpoints.count == Self.mostCheckpoints { complain(line.place, "this is the hundredth checkpoint") }
        part = .page
        stopPlace = line.place
        let condition = condition(line) ?? .start
        lesson.checkpoints.append(Lesson.Checkpoint(page: Lesson.Page(stop: condition, place: line.place)))
    }

    private mutating func takePage(_ line: LessonStatement) {
        let last = lesson.checkpoints.count - 1
        switch line.keyword {
        case "only":
            let movers = line.text.split(separator: " ").map { ConditionParser.thread(String($0)) }
            guard !movers.isEmpty, !movers.contains(nil) else {
                return complain(line.place(of: 0), "expected threads behind 'only', as T1")
            }
            changePage { $0.movers = Set(movers.compactMap { $0 }) }
        case "say":
            let text = words(line)
            changePage { $0.texts.append(text) }
        case "show": if let show = show(line) { changePage { $0.shows.append(show) } }
        case "ask": takeQuestion(line)
        case "*", "-": takeAnswer(line)
        case "why":
            guard lesson.checkpoints[last].question != nil else {
                return complain(line.place, "'why' belongs behind 'ask' and its answers")
            }
            let why = words(line)
            lesson.checkpoints[last].question?.why = why
        case "whatif":
            let parts = line.text.split(separator: " ")
            guard parts.count == 2, parts[0] == "level", let fd = Self.descriptor(parts[1]) else {
                return complain(line.place(of: 0), "expected 'level' and a descriptor behind 'whatif'")
            }
            lesson.checkpoints[last].whatIf = fd
        case "then":
            if case .outcome = part { return complain(line.place, "'then' is there already") }
            part = .outcome
            let stop = condition(line) ?? .start
            lesson.checkpoints[last].outcome = Lesson.Page(stop: stop, place: line.place)
        case "free":
            if !line.text.isEmpty { complain(line.place(of: 0), "nothing belongs behind 'free'") }
            lesson.checkpoints[last].isFree = true
        case "cure": takeCure(line)
        default: break
        }
    }

    private mutating func changePage(_ change: (inout Lesson.Page) -> Void) {
        let last = lesson.checkpoints.count - 1
        if case .outcome = part {
            if var page = lesson.checkpoints[last].outcome {
                change(&page)
                lesson.checkpoints[last].outcome = page
            }
        } else {
            change(&lesson.checkpoints[last].page)
        }
    }

    private mutating func takeQuestion(_ line: LessonStatement) {
        let last = lesson.checkpoints.count - 1
        if case .outcome = part { return complain(line.place, "a question belongs before 'then'") }
        if lesson.checkpoints[last].question != nil {
            return complain(line.place, "the checkpoint has a question already; the next one needs a 'stop'")
        }
        part = .question
        questionPlace = line.place
        let text = words(line)
        lesson.checkpoints[last].question = Lesson.Question(text: text)
    }

    private mutating func takeAnswer(_ line: LessonStatement) {
        let last = lesson.checkpoints.count - 1
        guard case .question = part, let question = lesson.checkpoints[last].question else {
            return complain(line.place, "an answer belongs behind 'ask'")
        }
        guard question.answers.count < Self.mostChoices else {
            return complain(line.place, "a question has at most nine answers")
        }
        let isRight = line.keyword == "*"
        let (text, note) = Self.parts(line.text)
        guard !text.isEmpty else { return complain(line.place, "the answer is empty") }
        if !isRight, note.isEmpty {
            complain(line.place, "a wrong answer needs ':: what it misunderstands' behind it")
        }
        if question.answers.contains(where: { $0.text == text }) {
            complain(line.place(of: 0), "this answer is there already")
        }
        lesson.checkpoints[last].question?.answers.append(
            Lesson.Answer(text: text, isRight: isRight, note: note))
    }

    /// `cure "NAME" ARGUMENT... :: TEXT`
    private mutating func takeCure(_ line: LessonStatement) {
        let last = lesson.checkpoints.count - 1
        if lesson.checkpoints[last].cures.count == Self.mostChoices {
            return complain(line.place, "a checkpoint has at most nine cures")
        }
        let (front, text) = Self.parts(line.text)
        let letters = Array(front)
        guard letters.first == "\"", let end = letters.dropFirst().firstIndex(of: "\""), end > 1 else {
            return complain(line.place(of: 0), "expected the cure's name in \"quotes\" behind 'cure'")
        }
        if text.isEmpty { complain(line.place, "a cure needs ':: what is seen then' behind it") }
        let arguments = String(letters[(end + 1)...]).split(separator: " ").map(String.init)
        lesson.checkpoints[last].cures.append(
            Lesson.Cure(name: String(letters[1..<end]), arguments: arguments, text: text))
        curePlace = line.place
    }

    /// What stands before and behind the first `::`.
    private static func parts(_ text: String) -> (String, String) {
        guard let range = text.firstRange(of: "::") else { return (text, "") }
        func trimmed(_ part: Substring) -> String {
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return (trimmed(text[..<range.lowerBound]), trimmed(text[range.upperBound...]))
    }

    private mutating func condition(_ line: LessonStatement) -> Condition? {
        do throws(ConditionParser.Problem) {
            return try ConditionParser.parse(line.text)
        } catch {
            complain(line.place(of: error.offset), error.message)
            return nil
        }
    }

    static func descriptor(_ text: Substring) -> FdNumber? {
        guard let number = UInt32(text), number <= 0x7fff_ffff else { return nil }
        return FdNumber(rawValue: number)
    }

    // MARK: what can be shown

    private mutating func show(_ line: LessonStatement) -> Lesson.Show? {
        let parts = line.text.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = parts.count > 1 ? parts[1] : ""
        func fd() -> FdNumber? { Self.descriptor(rest[...]) }
        switch parts.first {
        case "source": return source(line, rest)
        case "lifeline", "level", "ready", "queue":
            guard let fd = fd() else {
                complain(line.place(of: 0), "expected one descriptor behind '\(parts[0])'")
                return nil
            }
            switch parts[0] {
            case "lifeline": return .lifeline(fd)
            case "level": return .level(fd)
            case "ready": return .ready(fd)
            default: return .queue(fd)
            }
        case "lanes" where rest.isEmpty: return .lanes
        case "why" where rest.isEmpty: return .why
        case "output" where rest.isEmpty: return .output
        default:
            complain(
                line.place(of: 0), "expected source, lifeline, level, ready, queue, lanes, why or output behind 'show'")
            return nil
        }
    }

    /// `FILE "TEXT"`, `FILE "TEXT" .. "TEXT"`
    private mutating func source(_ line: LessonStatement, _ text: String) -> Lesson.Show? {
        let pieces = text.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        let isOne = pieces.count == 3 && pieces[2].trimmingBlanks.isEmpty
        let isTwo = pieces.count == 5 && pieces[2].trimmingBlanks == ".." && pieces[4].trimmingBlanks.isEmpty
        guard isOne || isTwo, !pieces[1].isEmpty, !isTwo || !pieces[3].isEmpty else {
            complain(line.place(of: 0), "expected FILE \"text of a line\", or FILE \"text\" .. \"text\"")
            return nil
        }
        let file = pieces[0].trimmingBlanks
        guard Self.isFileName(file) else {
            complain(line.place(of: 0), "expected the name of a file, without a folder, behind 'source'")
            return nil
        }
        return .source(
            Lesson.SourceRange(file: file, first: pieces[1], last: isTwo ? pieces[3] : nil, place: line.place(of: 0)))
    }

    // MARK: what must be there

    private mutating func finishCheckpoint() {
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

    private mutating func words(_ line: LessonStatement) -> String {
        if line.text.isEmpty { complain(line.place, "a text is missing behind '\(line.keyword)'") }
        return line.text
    }

    private mutating func complain(_ place: LessonPlace, _ message: String) {
        problems.append(LessonProblem(place, message))
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
