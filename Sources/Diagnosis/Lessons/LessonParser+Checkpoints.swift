import Trace

/// A checkpoint, its question and its answers, line by line.
extension LessonParser {
    mutating func takeStop(_ line: LessonStatement) {
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

    mutating func takePage(_ line: LessonStatement) {
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
        return (String(text[..<range.lowerBound]).trimmingBlanks, String(text[range.upperBound...]).trimmingBlanks)
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
}
