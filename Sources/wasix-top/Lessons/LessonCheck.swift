import Diagnosis
import Export
import Kernel
import Trace

/// What is wrong with a lesson's file: what its reader found, and what only shows beside the guest and the other lessons.
struct LessonCheck {
    /// Words that are read in ten minutes.
    static let mostWords = 2_000
    private static let wordsPerMinute = 200
    /// Characters of a line that shows what is wrong.
    private static let excerptWidth = 76

    let entry: LessonLibrary.Entry
    let library: LessonLibrary

    private var lesson: Lesson { entry.lesson }

    /// In the order of the lines.
    var problems: [LessonProblem] {
        let found = entry.problems
        // What is missing beside a file that cannot be read whole would mislead.
        guard found.isEmpty else { return found }
        return (guestProblems + needProblems + sizeProblems)
            .sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
    }

    /// The same; and where nothing is wrong so far, the guest is taken through the lesson.
    var allProblems: [LessonProblem] {
        get throws {
            let problems = problems
            guard problems.isEmpty, let module = library.module(entry) else { return problems }
            return try LessonRehearsal(lesson: lesson, module: module).problem().map { [$0] } ?? []
        }
    }

    private var guestProblems: [LessonProblem] {
        let sources = library.sources(entry)
        var problems = sources.problems(lesson)
        if sources.lines(lesson.guest.file).isEmpty {
            problems.append(
                LessonProblem(lesson.guest.place, "there is no \(lesson.guest.file) beside the lesson or the guests"))
        } else if library.module(entry) == nil {
            problems.append(
                LessonProblem(
                    lesson.guest.place, "there is no \(lesson.guest.module): assets/guests/build.sh makes it"))
        }
        if let native = lesson.native, library.transcript(entry) == nil {
            problems.append(LessonProblem(native.place, "there is no \(native.file) beside the lesson"))
        }
        return problems
    }

    private var needProblems: [LessonProblem] {
        let all = library.all.map(\.lesson)
        return lesson.needs.compactMap { name in
            let place = LessonPlace(line: line(of: "after", name), column: 1)
            guard let needed = all.first(where: { $0.name == name }) else {
                return LessonProblem(place, "there is no lesson '\(name)'")
            }
            guard needed.number >= lesson.number else { return nil }
            return LessonProblem(place, "'\(name)' comes later: it is number \(needed.number)")
        }
    }

    private var sizeProblems: [LessonProblem] {
        guard lesson.words > Self.mostWords else { return [] }
        return [
            LessonProblem(
                LessonPlace(line: 1, column: 1),
                "the lesson has \(lesson.words) words: more than ten minutes of reading")
        ]
    }

    private func line(of keyword: String, _ text: String) -> Int {
        let index = entry.lines.firstIndex { $0.hasPrefix(keyword) && $0.contains(text) }
        return (index ?? 0) + 1
    }

    /// `FILE:LINE:COLUMN: what`, and the line with a mark below the place.
    func lines(_ problem: LessonProblem) -> [String] {
        let place = problem.place
        let head = "\(entry.path.description):\(place.line):\(place.column): \(problem.message)"
        guard entry.lines.indices.contains(place.line - 1) else { return [head] }
        let text = entry.lines[place.line - 1]
        let offset = min(place.column - 1, text.count)
        let excerpt = FilterProblem("", offset..<offset).excerpt(of: text, width: Self.excerptWidth)
        return [head, "    " + excerpt.text, "    " + excerpt.marks]
    }

    /// `mine: 8 checkpoints, 6 questions, 900 words: 5 minutes of reading`
    var summary: String {
        let questions = lesson.checkpoints.count { $0.question != nil }
        return "\(lesson.name): \(Self.counted(lesson.checkpoints.count, "checkpoint")), "
            + "\(Self.counted(questions, "question")), \(lesson.words) words: "
            + "\(Self.counted(Self.minutes(lesson), "minute")) of reading"
    }

    static func minutes(_ lesson: Lesson) -> Int { max((lesson.words + wordsPerMinute - 1) / wordsPerMinute, 1) }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
