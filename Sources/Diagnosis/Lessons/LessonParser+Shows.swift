import Trace

/// What a checkpoint shows.
extension LessonParser {
    mutating func show(_ line: LessonStatement) -> Lesson.Show? {
        let parts = line.text.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = parts.count > 1 ? parts[1] : ""
        func fd() -> FdNumber? { Self.descriptor(rest[...]) }
        switch parts.first {
        case "source": return source(line, rest)
        case "lifeline", "twins", "level", "ready", "queue":
            guard let fd = fd() else {
                complain(line.place(of: 0), "expected one descriptor behind '\(parts[0])'")
                return nil
            }
            switch parts[0] {
            case "lifeline": return .lifeline(fd)
            case "twins": return .twins(fd)
            case "level": return .level(fd)
            case "ready": return .ready(fd)
            default: return .queue(fd)
            }
        case "lanes" where rest.isEmpty: return .lanes
        case "why" where rest.isEmpty: return .why
        case "output" where rest.isEmpty: return .output
        default:
            complain(
                line.place(of: 0),
                "expected source, lifeline, twins, level, ready, queue, lanes, why or output behind 'show'")
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
}

extension String {
    /// Without blanks at its ends.
    var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
