import Diagnosis
import Terminal
import Trace

/// The left of a lesson's upper half: the source lines that matter, with the threads that stand at them.
struct LessonSourceLines {
    let lesson: LessonView
    let context: PaneContext

    private static let markWidth = 3
    /// Columns from which on hardly a line goes on below.
    private static let roomy = 60

    var content: PaneContent {
        let ranges = lesson.run.shows.compactMap { show -> Lesson.SourceRange? in
            if case .source(let range) = show { range } else { nil }
        }
        var document = DocumentRows()
        var marked: Int?
        for (index, range) in ranges.enumerated() {
            if index > 0 { document.add(StyledLine(" " + String(Character(context.glyphs.cut)), Style(.faint))) }
            add(range, isAlone: ranges.count == 1, to: &document, &marked)
        }
        return PaneContent(
            title: ranges.first?.file ?? "source", rows: .document(Self.window(document, marked, context.height)),
            emptyText: "No source is shown here.")
    }

    /// - Parameter isAlone: where there is room, lines around it are shown as well, faintly.
    private func add(
        _ source: Lesson.SourceRange, isAlone: Bool, to document: inout DocumentRows, _ marked: inout Int?
    ) {
        let lines = lesson.sources.lines(source.file)
        let meant = lesson.sources.range(source)
        let spare = isAlone && context.width >= Self.roomy ? max(context.height - meant.count, 0) / 2 : 0
        let range = max(meant.lowerBound - spare, 0)..<min(meant.upperBound + spare, lines.count)
        let places = places(source.file)
        let indent =
            lines[range].filter { !$0.allSatisfy { $0 == " " } }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        let digits = String(range.upperBound).count
        for number in range {
            let threads = places[number + 1] ?? []
            let style = Style(!threads.isEmpty ? .title : meant.contains(number) ? .text : .faint)
            var line = StyledLine(Self.mark(threads), Style(threads.isEmpty ? .faint : .attention))
            line.add(String(Character(threads.isEmpty ? " " : context.glyphs.pointer)), Style(.attention))
            line.add(StyledLine("\(number + 1)", Style(.faint)).fitted(digits, .right, cut: " "))
            let text = Sanitizer.clean(String(lines[number].dropFirst(indent)))
            line.add(" " + text, style)
            if !threads.isEmpty, marked == nil { marked = document.count }
            // What does not fit goes on below, a little further in than it began.
            let own = Self.markWidth + 1 + digits + 1 + text.prefix { $0 == " " }.count + 2
            for part in line.wrapped(context.width, indent: min(own, context.width / 2)) { document.add(part) }
        }
    }

    /// ` T1`, `T2+`
    private static func mark(_ threads: [ThreadID]) -> String {
        guard let first = threads.first else { return String(repeating: " ", count: markWidth) }
        let name = "T\(first.rawValue)" + (threads.count > 1 ? "+" : "")
        return String(repeating: " ", count: max(markWidth - name.count, 0)) + name
    }

    /// Which threads stand at which lines of the file, by the innermost function that is in it.
    private func places(_ file: String) -> [Int: [ThreadID]] {
        var places: [Int: [ThreadID]] = [:]
        for row in context.model.threads.sorted(by: { $0.id < $1.id }) where row.thread.state != .ended {
            let frame = row.thread.stack.first { Self.isIn($0.file, file) }
            if let line = frame?.line { places[line, default: []].append(row.id) }
        }
        return places
    }

    private static func isIn(_ path: String?, _ file: String) -> Bool {
        path.map { $0 == file || $0.hasSuffix("/" + file) } ?? false
    }

    /// As much as there is room for, the first marked line in view.
    private static func window(_ document: DocumentRows, _ marked: Int?, _ height: Int) -> DocumentRows {
        guard document.count > height, height > 0 else { return document }
        let top = marked.map { min(max($0 - height / 2, 0), document.count - height) } ?? 0
        var part = DocumentRows()
        for line in document.lines[top..<(top + height)] { part.add(line) }
        return part
    }
}
