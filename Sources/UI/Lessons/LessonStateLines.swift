import Diagnosis
import Model
import Terminal
import Trace

/// The right of a lesson's upper half: the kernel's state, as far as the lesson speaks of it.
struct LessonStateLines {
    let lesson: LessonView
    let context: PaneContext

    private var facts: LessonFacts {
        LessonFacts(ExaminedState(model: context.model, examination: context.examination))
    }

    /// Lines of the guest's output that are shown, and rows that they take where they have to be broken.
    private static let outputLines = 3
    private static let outputRows = 4
    /// Lines of a finding that are shown: Why has all of them.
    private static let findingLines = 3

    var content: PaneContent {
        var document = DocumentRows()
        for show in lesson.run.shows {
            switch show {
            case .source: break
            case .lifeline(let fd): addLifeline(fd, to: &document)
            case .twins(let fd): addTwins(fd, to: &document)
            case .level(let fd): addLevel(fd, to: &document)
            case .ready(let epoll): for line in facts.ready(epoll) { add(line, to: &document) }
            case .queue(let fd): addQueue(fd, to: &document)
            case .lanes: for line in facts.lanes { add(line, to: &document) }
            case .why: for line in facts.findings { add(line, most: Self.findingLines, to: &document) }
            case .output: addOutput(to: &document)
            }
        }
        return PaneContent(title: "kernel", rows: .document(document), emptyText: "Nothing of its state is shown here.")
    }

    private func add(_ line: LessonFacts.Line, most: Int = .max, to document: inout DocumentRows) {
        let line = StyledLine(Sanitizer.clean(line.text), Style(line.tone))
        let parts = line.wrapped(max(context.width - 2, 8), indent: 3)
        for (index, part) in parts.prefix(most).enumerated() {
            var shown = StyledLine(" ").adding(part)
            if index + 1 == most, parts.count > most { shown.add(String(Character(context.glyphs.cut)), Style(.faint)) }
            document.add(shown)
        }
    }

    /// ` fd 3 pair 3-4  IN ET in epoll 5`, its counts, and what has become of it.
    private func addLifeline(_ fd: FdNumber, to document: inout DocumentRows) {
        guard !facts.isGone(fd) else { return addGone(fd, to: &document) }
        let watched = facts.watched(fd)
        var line = StyledLine(" ")
        line.add(.object, Sanitizer.clean(facts.name(fd)))
        line.add("  ")
        line.add(watched.text, Style(watched.tone))
        for part in line.wrapped(max(context.width, 8), indent: 3) { document.add(part) }
        add(facts.counts(fd), to: &document)
        guard let row = facts.item(fd) else { return }
        let title = "as \(EventText.mode(row.item.mask)) "
        document.add(drawn(title, samples(row, behind: title), lived))
    }

    /// ` fd 3 pipe  4 unread`, and below it each registration of it, on one axis.
    private func addTwins(_ fd: FdNumber, to document: inout DocumentRows) {
        guard !facts.isGone(fd) else { return addGone(fd, to: &document) }
        addQueue(fd, to: &document)
        let twins = facts.items(fd)
        if twins.isEmpty { document.add(StyledLine(" not watched", Style(.faint))) }
        let titles = twins.map { "\(EventText.mode($0.row.item.mask)) in epoll \($0.epoll.rawValue) " }
        let width = titles.map(\.count).max() ?? 0
        let lines = lesson.run.trail.samples(twins.map(\.row.id), last: room(behind: width))
        for (title, samples) in zip(titles, lines) {
            let blanks = String(repeating: " ", count: width - title.count)
            document.add(drawn(title + blanks, samples, lived))
        }
    }

    /// ` as LT ●○·`
    private func addLevel(_ fd: FdNumber, to document: inout DocumentRows) {
        guard let row = facts.item(fd) else { return }
        let title = "as LT "
        document.add(
            drawn(title, samples(row, behind: title)) { sample, _ in
                if sample.isReport { return (context.glyphs.told, .good) }
                return sample.levelTells ? (context.glyphs.untold, .attention) : (context.glyphs.idle, .faint)
            })
    }

    private func room(behind width: Int) -> Int { max(context.width - width - 2, 4) }

    private func samples(_ row: ItemRow, behind title: String) -> [LessonTrail.Sample?] {
        Array(lesson.run.trail.samples(row.id, last: room(behind: title.count)))
    }

    /// What was told, and else how much was unread; what nobody will hear of stands out.
    private func lived(_ sample: LessonTrail.Sample, _ most: UInt64) -> (Unicode.Scalar, Role) {
        if sample.isReport { return (context.glyphs.told, .good) }
        guard sample.unread > 0 else { return (context.glyphs.idle, .faint) }
        let ramp = context.glyphs.ramp
        let level = 1 + Int(Double(sample.unread) / Double(most) * Double(ramp.count - 2))
        return (ramp[min(level, ramp.count - 1)], sample.isSilent ? .blocked : .text)
    }

    private func drawn(
        _ title: String, _ samples: [LessonTrail.Sample?],
        _ look: (LessonTrail.Sample, UInt64) -> (Unicode.Scalar, Role)
    ) -> StyledLine {
        var line = StyledLine(" " + title, Style(.faint))
        let most = max(samples.compactMap { $0?.unread }.max() ?? 0, 1)
        for sample in samples {
            let (scalar, role) = sample.map { look($0, most) } ?? (" ", .faint)
            line.add(role, String(Character(scalar)))
        }
        return line
    }

    /// ` fd 3 is not open`
    private func addGone(_ fd: FdNumber, to document: inout DocumentRows) {
        document.add(StyledLine(" " + facts.name(fd), Style(.faint)))
    }

    /// ` fd 3 pair 3-4  24 unread`
    private func addQueue(_ fd: FdNumber, to document: inout DocumentRows) {
        guard !facts.isGone(fd) else { return addGone(fd, to: &document) }
        var line = StyledLine(" ")
        line.add(.object, Sanitizer.clean(facts.name(fd)))
        line.add("  " + facts.unread(fd))
        for part in line.wrapped(max(context.width, 8), indent: 3) { document.add(part) }
    }

    private func addOutput(to document: inout DocumentRows) {
        let lines = context.model.output.lines
        var shown: [StyledLine] = []
        for number in lines.range.suffix(Self.outputLines).reversed() {
            let line = StyledLine(OutputText.shown(lines[number].bytes), Style(.quoted))
            let parts = line.wrapped(max(context.width - 2, 8), indent: 3)
            guard shown.isEmpty || shown.count + parts.count <= Self.outputRows else { break }
            shown = parts.prefix(Self.outputRows) + shown
        }
        for line in shown { document.add(StyledLine(" ").adding(line)) }
    }
}
