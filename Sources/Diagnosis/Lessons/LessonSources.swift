/// The source files that a lesson shows, and the lines of them that it names.
package struct LessonSources: Sendable {
    /// Lines by the file's name.
    private let files: [String: [String]]

    package init(_ files: [String: [String]] = [:]) { self.files = files }

    package func lines(_ file: String) -> [String] { files[file] ?? [] }

    /// The lines that are meant, counted from 0; empty where they cannot be found.
    package func range(_ source: Lesson.SourceRange) -> Range<Int> { (try? find(source)) ?? 0..<0 }

    /// What a lesson names and the files do not have: a guest may have been changed.
    package func problems(_ lesson: Lesson) -> [LessonProblem] {
        let pages = lesson.checkpoints.flatMap { [$0.page] + ($0.outcome.map { [$0] } ?? []) }
        return pages.flatMap(\.shows).compactMap { show in
            guard case .source(let source) = show else { return nil }
            do throws(LessonProblem) {
                _ = try find(source)
                return nil
            } catch {
                return error
            }
        }
    }

    private func find(_ source: Lesson.SourceRange) throws(LessonProblem) -> Range<Int> {
        guard let lines = files[source.file] else {
            throw LessonProblem(source.place, "there is no \(source.file) beside the lesson or the guests")
        }
        let found = lines.indices.filter { lines[$0].contains(source.first) }
        guard let first = found.first else {
            throw LessonProblem(source.place, "no line of \(source.file) contains \"\(source.first)\"")
        }
        guard found.count == 1 else {
            throw LessonProblem(
                source.place,
                "\(found.count) lines of \(source.file) contain \"\(source.first)\" (the first is \(first + 1)): name one"
            )
        }
        guard let text = source.last else { return first..<lines.count }
        guard let last = lines.indices.first(where: { $0 > first && lines[$0].contains(text) }) else {
            throw LessonProblem(
                source.place, "no line of \(source.file) below line \(first + 1) contains \"\(text)\"")
        }
        return first..<(last + 1)
    }
}
