import Diagnosis
import Trace

/// Lines of a text with headings. The cursor stands on those that lead somewhere; where there is none to go to, keys
/// scroll.
struct DocumentRows {
    /// Where Enter leads.
    enum Target: Sendable, Hashable {
        /// A trace entry, `TraceEntry.sequence`.
        case entry(UInt64)
        case stack(ThreadID)
        /// A call's own page.
        case event(UInt64)
        /// As `event`, in the place of the page that is shown.
        case sibling(UInt64)
        case object(ObjectID)
        /// All calls on it.
        case calls(ObjectID)
        case why(Finding.ID)
        /// An answer or a cure of a lesson, from 0.
        case choice(Int)
    }

    struct Line: Sendable {
        var text: StyledLine
        /// The line is a part of the frame, with a title and, where there is room, a note.
        var heading: Heading?
        /// What the cursor knows it by; nil where it does not stop.
        var spot: RowID?
        /// The thread that the line is about.
        var thread: ThreadID?
        var target: Target?

        init(_ text: StyledLine, spot: RowID? = nil, thread: ThreadID? = nil, target: Target? = nil) {
            self.text = text
            self.spot = spot
            self.thread = thread
            self.target = target
        }
    }

    struct Heading: Sendable, Hashable {
        var title: String
        var note = ""
    }

    private(set) var lines: [Line] = []
    /// Where the cursor is at first.
    var start: RowID?

    var count: Int { lines.count }

    mutating func add(_ text: StyledLine) { lines.append(Line(text)) }

    mutating func add(_ line: Line) { lines.append(line) }

    mutating func addHeading(_ title: String, note: String = "") {
        var line = Line(StyledLine())
        line.heading = Heading(title: title, note: note)
        lines.append(line)
    }

    func line(at spot: RowID?) -> Line? { spot.flatMap { row(of: $0) }.map { lines[$0] } }

    /// Clamps the view; the cursor goes to a line in view when it stood on none.
    func settle(_ list: inout ListState, height: Int) {
        list.top = min(max(list.top, 0), max(count - height, 0))
        let view = list.top..<min(list.top + max(height, 0), count)
        if let row = list.cursor.flatMap({ row(of: $0) }), view.contains(row) { return }
        let stops = view.filter { lines[$0].spot != nil }
        let wanted = list.cursor == nil ? stops.first { lines[$0].spot == start } : nil
        list.cursor = (wanted ?? stops.first).flatMap { lines[$0].spot }
    }

    func move(_ list: inout ListState, _ movement: Movement, height: Int) {
        settle(&list, height: height)
        switch movement {
        case .lines(let count): for _ in 0..<abs(count) { step(&list, count > 0 ? 1 : -1, height: height) }
        case .pages(let count): scroll(&list, by: count * max(height - 1, 1), height: height)
        case .halfPages(let count): scroll(&list, by: count * max(height / 2, 1), height: height)
        case .first:
            list.top = 0
            list.cursor = lines.first { $0.spot != nil }?.spot
        case .last:
            list.top = max(count - height, 0)
            list.cursor = lines.last { $0.spot != nil }?.spot
        }
        settle(&list, height: height)
    }

    func find(_ matcher: TextMatcher, _ list: inout ListState, forward: Bool, height: Int) -> SearchOutcome {
        guard count > 0 else { return .notFound }
        let row = list.cursor.flatMap { self.row(of: $0) } ?? list.top
        for step in 1...count {
            let index = (row + (forward ? step : count - step)) % count
            guard matcher.matches(lines[index].text.text) else { continue }
            list.top = min(max(index - height / 2, 0), max(count - height, 0))
            if lines[index].spot != nil { list.cursor = lines[index].spot }
            settle(&list, height: height)
            return (forward ? index <= row : index >= row) ? .wrapped : .found
        }
        return .notFound
    }

    /// To the next line that leads somewhere when it is in view, else the view moves by a line.
    private func step(_ list: inout ListState, _ step: Int, height: Int) {
        let row = list.cursor.flatMap { self.row(of: $0) }
        let next =
            step > 0
            ? lines.indices.first { $0 > row ?? -1 && lines[$0].spot != nil }
            : lines.indices.last { $0 < row ?? count && lines[$0].spot != nil }
        if let next, (list.top..<list.top + height).contains(next) {
            list.cursor = lines[next].spot
        } else {
            scroll(&list, by: step, height: height)
            if let next, (list.top..<list.top + height).contains(next) { list.cursor = lines[next].spot }
        }
    }

    private func scroll(_ list: inout ListState, by rows: Int, height: Int) {
        list.top = min(max(list.top + rows, 0), max(count - height, 0))
    }

    private func row(of spot: RowID) -> Int? { lines.firstIndex { $0.spot == spot } }
}
