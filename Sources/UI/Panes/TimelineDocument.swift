import Decode
import Diagnosis
import Model
import Terminal
import Trace

/// The text of the timeline: lanes, the call under the cursor, and the last seconds as a whole.
struct TimelineDocument {
    /// Rows that all but the lanes of threads take.
    private static let otherRows = 14
    private static let leastThreads = 2
    private static let mostThreads = 64

    private enum Section: Int { case threads, items }

    private let context: PaneContext
    private let place: TimelinePlace
    private let timeline: Timeline
    private let cursor: Int
    private let lanes: TimelineLanes

    init(_ context: PaneContext, _ place: TimelinePlace) {
        self.context = context
        self.place = place
        let columns = Self.columns(context.width)
        let window = place.window(context.model.now, columns: columns)
        timeline = Timeline(
            context.model, window, threads: Self.threads(context, place), subjects: place.subjects)
        cursor = place.column(window)
        lanes = TimelineLanes(
            glyphs: context.glyphs, cursor: place.isLive ? nil : cursor,
            marked: place.mark.flatMap { window.column($0) })
    }

    /// Columns of time in a pane of this width.
    static func columns(_ width: Int) -> Int { max(width - TimelineLanes.nameWidth - 1, 8) }

    /// As many as there is room for: in the order of their numbers, ended ones last.
    private static func threads(_ context: PaneContext, _ place: TimelinePlace) -> [ThreadID] {
        let room = max(context.height - otherRows - (place.subjects.count - 1) * 5, leastThreads)
        let known = context.model.threads.filter { !$0.mark.isClosed || $0.thread.state == .ended }
        let sorted = known.sorted {
            ($0.thread.state == .ended ? 1 : 0, $0.id) < ($1.thread.state == .ended ? 1 : 0, $1.id)
        }
        return sorted.prefix(min(room, mostThreads)).map(\.id)
    }

    func rows() -> DocumentRows {
        var document = DocumentRows()
        document.add(axis())
        for (index, lane) in timeline.threads.enumerated() {
            let line = lanes.name("T\(lane.thread.rawValue)", threadName(lane.thread)).adding(lanes.line(lane))
            document.add(
                .init(
                    line, spot: .spot(section: Section.threads.rawValue, index: index), thread: lane.thread,
                    target: event { $0.thread == lane.thread }))
        }
        for (index, item) in timeline.items.enumerated() {
            for (row, line) in lanes.lines(item).enumerated() {
                let spot = RowID.spot(section: Section.items.rawValue + index, index: row)
                document.add(.init(line, spot: spot, target: event { Self.isTurn($0, [item.item.id]) }))
            }
        }
        addCursor(to: &document)
        addWhole(to: &document)
        return document
    }

    // MARK: lanes

    /// `             00:02.809 ...... 00:02.811`; nothing before the program's start.
    private func axis() -> StyledLine {
        let window = timeline.window
        var marks = [Character](repeating: " ", count: window.columns)
        for column in stride(from: 0, to: window.columns - 10, by: 16) {
            let time = context.model.time.sinceStart(monotonic: window.start &+ UInt64(column) &* window.scale)
            guard time > 0 else { continue }
            let label = ClockText.exact(time).dropHours
            for (offset, character) in label.enumerated() where column + offset < marks.count {
                marks[column + offset] = character
            }
        }
        var line = lanes.name("", "")
        line.add(.faint, String(marks))
        return line
    }

    private func threadName(_ thread: ThreadID) -> String {
        context.model.threads.first { $0.id == thread }?.thread.isMain ?? false ? "main" : ""
    }

    // MARK: at the cursor

    /// The last call at or before the end of the cursor's column, of those wanted.
    private func event(_ isWanted: (TraceEntry) -> Bool) -> DocumentRows.Target? {
        entry(isWanted).map { .event($0.sequence) }
    }

    /// Entries that are looked through for it.
    private static let patience = 5_000

    private func entry(_ isWanted: (TraceEntry) -> Bool) -> TraceEntry? {
        let window = timeline.window
        let history = context.model.trace
        let end = place.cursor == nil ? context.model.now : window.start &+ UInt64(cursor + 1) &* window.scale
        var number = TimelineWindow.first(in: history, from: end, context.model.time)
        for _ in 0..<Self.patience {
            guard number > history.range.lowerBound else { return nil }
            number -= 1
            if let entry = history[number], entry.kind == .call, isWanted(entry) { return entry }
        }
        return nil
    }

    /// The call made an edge of one of the registrations, or told of one.
    static func isTurn(_ entry: TraceEntry, _ items: [ItemRow.ID]) -> Bool {
        guard entry.kind == .call else { return false }
        return entry.withPayload { payload in
            guard let fields = CallFields(entry.record, payload: payload) else { return false }
            return items.contains { item in
                let isEdge = fields.changes.contains {
                    ($0.kind == .edge || $0.kind == .hostEdge) && $0.instance == item.epoll.rawValue
                        && $0.fd == item.fd.rawValue
                }
                let isTold =
                    entry.record.objects.0 == item.epoll.rawValue
                    && fields.reportedEvents.contains { $0.fd == item.fd }
                return isEdge || isTold
            }
        }
    }

    private func addCursor(to document: inout DocumentRows) {
        let note = place.mark.map { "\(context.duration(distance($0))) from the mark" } ?? "Enter = the call of a lane"
        document.addHeading(place.isLive ? "The last call" : "At the cursor", note: note)
        guard let entry = entry({ _ in true }) else {
            document.add(StyledLine(" no call is kept from before", Style(.faint)))
            return
        }
        document.add(EntryText(context).line(entry, isWhole: true))
        let changes = CauseLinks(context.model.trace).changes(of: entry)
        let texts = changes.map {
            EffectText.whole($0, instance: context.number(of: ObjectID(rawValue: $0.instance)))
        }
        document.add(StyledLine(texts.isEmpty ? "" : "   " + texts.joined(separator: "; "), Style(.object)))
    }

    private func distance(_ mark: UInt64) -> UInt64 {
        let instant = place.cursor ?? context.model.now
        return max(mark, instant) - min(mark, instant)
    }

    // MARK: all of the last seconds

    private func addWhole(to document: inout DocumentRows) {
        let columns = timeline.window.columns
        document.addHeading("The last 15 s", note: "\(String(Character(context.glyphs.up))) = what is shown above")
        let room = context.height - document.count - timeline.items.count - 1
        for lane in timeline.threads.prefix(max(room, 2)) {
            guard let row = context.model.threads.first(where: { $0.id == lane.thread }) else { continue }
            document.add(lanes.name("T\(lane.thread.rawValue)", "").adding(LaneText.line(row, width: columns, context)))
        }
        for item in timeline.items {
            document.add(
                lanes.name("", "fd \(item.item.item.fd.rawValue)").adding(
                    LifelineText.line(item.item, width: columns, context)))
        }
        document.add(lanes.name("", "").adding(shown(columns)))
    }

    /// Where the window lies in the last seconds.
    private func shown(_ columns: Int) -> StyledLine {
        let now = context.model.now
        let part = Lanes.span / UInt64(columns)
        let whole = TimelineWindow(endingAt: now, scale: part, columns: columns)
        let window = timeline.window
        guard let range = whole.columns(window.start, min(window.end - 1, now)) else {
            return StyledLine("\(String(Character(context.glyphs.left))) before that", Style(.faint))
        }
        var line = StyledLine(String(repeating: " ", count: range.lowerBound))
        line.add(.attention, String(repeating: Character(context.glyphs.up), count: range.count))
        return line
    }
}

extension String {
    /// Without hours, which seldom differ within a screen.
    fileprivate var dropHours: String { count > 9 ? String(dropFirst(3)) : self }
}
