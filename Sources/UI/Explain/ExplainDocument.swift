import Decode
import Diagnosis
import Model
import Terminal
import Trace
import WasixABI

/// The text of Explain: above the items the call and the ready list, below them the rule and what can be tried.
struct ExplainDocument {
    private let context: PaneContext
    private let scene: ExplainScene
    private let explanation: WaitExplanation
    private let glyphs: Glyphs

    init(_ context: PaneContext, _ scene: ExplainScene, _ explanation: WaitExplanation) {
        self.context = context
        self.scene = scene
        self.explanation = explanation
        glyphs = context.glyphs
    }

    // MARK: the wait

    /// Rows of the pane from which on there is room for the ready list, and for what can be tried.
    private static let fromLists = 15
    private static let fromTrials = 18

    func above() -> [DocumentRows.Line] {
        var document = DocumentRows()
        document.add(question)
        for line in StyledLine(explanation.answer, Style(tone)).wrapped(width, indent: 2).prefix(2) {
            document.add(StyledLine(" ").adding(line))
        }
        if context.height >= Self.fromLists { for line in lists { document.add(line) } }
        document.addHeading("Decision for each item", note: "Enter = its history")
        document.add(cells("FD", "WANT", "NOW", "EDGE new/told", " DECISION", "UNDER LT", Style(.columnTitle)))
        return document.lines
    }

    private var width: Int { max(context.width - 2, 8) }

    private var tone: Tone {
        explanation.rows.contains { $0.underLevel == .returned } ? .attention : .plain
    }

    /// ` T1 epoll_wait(3, max 2, timeout 0) at 03.597120 returned 2`
    private var question: StyledLine {
        var line = StyledLine(" ")
        let thread = scene.look?.thread ?? scene.waiter?.id
        if let thread { line.add(.number, "T\(thread.rawValue) ") }
        line.add(.call, "epoll_wait")
        let fd = scene.instance.map { String($0.epoll.fd.rawValue) } ?? "?"
        line.add("(\(fd), max \(explanation.limit), \(timeout))")
        if let look = scene.look {
            line.add(.faint, " at ")
            line.add(ClockText.exact(context.model.time.sinceStart(look.at)))
            line.add(outcome(look))
        } else if let waiter = scene.waiter, waiter.thread.state == .blocked {
            line.add(.blocked, " asleep \(context.age(waiter.thread.blockedSince))")
        } else {
            line.add(.faint, " the next one, if nothing happens before")
        }
        return line
    }

    private var timeout: String {
        guard let look = scene.look else {
            guard let waiter = scene.waiter, waiter.thread.state == .blocked else { return "..." }
            return waiter.thread.deadline.map { "\(context.duration(ClockText.between(context.model.now, $0))) left" }
                ?? "INF"
        }
        if look.deadline == 0 { return "timeout 0" }
        if look.deadline == .max { return "INF" }
        let left = scene.entry.flatMap { entry in
            entry.withPayload { CallFields(entry.record, payload: $0)?.timeout }
        }
        return left.map { DurationFormat.exact($0) } ?? "with timeout"
    }

    private func outcome(_ look: WaitLook) -> StyledLine {
        var line = StyledLine(" ")
        switch look.outcome {
        case .returned: line.add(.good, "returned \(look.count)")
        case .timedOut: line.add(.faint, "returned 0")
        case .interrupted: line.add(.softError, "EINTR")
        case .asleep: line.add(.blocked, "went to sleep")
        }
        if look.earlierLooks > 0 { line.add(.faint, ", woken \(NumberText.counted(Int(look.earlierLooks), "time"))") }
        return line
    }

    // MARK: the ready list

    private static let label = 22

    private var lists: [StyledLine] {
        let listed = explanation.rows.filter(\.isListed)
        let isForecast = scene.look == nil
        guard explanation.listed > 0 else {
            return [
                titled(isForecast ? "ready list now" : "ready list on entry").adding(
                    StyledLine("(empty)", Style(.faint)))
            ]
        }
        let cell = 1 + listed.reduce(1) { max($0, String($1.item.fd.rawValue).count) }
        let room = max((width - Self.label - 12) / (cell + 1), 1)
        let shown = listed.prefix(room)
        var entry = titled(isForecast ? "ready list now" : "ready list on entry")
        var walk = titled(isForecast ? "to be walked" : "walked")
        for row in shown {
            entry.add(listCell(row.item.fd, cell))
            let mark = StyledLine(" \(Character(glyph(row.mark)))", Style(role(row)))
            walk.add(row.mark == .stopped ? StyledLine() : mark.fitted(cell + 1, .left, cut: " "))
        }
        if explanation.listed > shown.count { entry.add(.faint, "+\(explanation.listed - shown.count)") }
        if listed.contains(where: { $0.mark == .stopped }) {
            walk.add(.blocked, " \(Character(glyphs.stopped)) stop: the array of \(explanation.limit) is full")
        }
        return [entry, walk] + (scene.look?.outcome == .asleep ? [] : [after(cell, room)])
    }

    /// The list on return, and why items have gone to its end.
    private func after(_ cell: Int, _ room: Int) -> StyledLine {
        var line = titled(scene.look == nil ? "then on the list" : "ready list on return")
        if explanation.left.isEmpty { line.add(.faint, "(empty)") }
        for fd in explanation.left.prefix(room) { line.add(listCell(fd, cell)) }
        if explanation.left.count > room { line.add(.faint, "+\(explanation.left.count - room)") }
        if explanation.rows.count(where: \.isListed) < explanation.listed { line.add(.faint, "  a part of it") }
        let requeued = explanation.rows.filter { $0.item.decision == .requeued }.map { String($0.item.fd.rawValue) }
        if !requeued.isEmpty {
            let names = requeued.prefix(3).joined(separator: " ") + (requeued.count > 3 ? " ..." : "")
            let text = "  \(names) \(requeued.count == 1 ? "is" : "are") level-triggered: to the end"
            line.add(StyledLine(text, Style(.faint)), ifFits: context.width)
        }
        return line
    }

    private func titled(_ text: String) -> StyledLine {
        StyledLine(" " + text, Style(.faint)).fitted(Self.label, .left, cut: glyphs.cut)
    }

    private func listCell(_ fd: FdNumber, _ width: Int) -> StyledLine {
        var line = StyledLine(String(Character(glyphs.listed)), Style(.object))
        line.add(.number, String(fd.rawValue))
        return line.fitted(width + 1, .left, cut: glyphs.cut)
    }

    // MARK: the items

    /// Rows that had nothing are counted, unless all are asked for or they are few.
    private static let fewIdle = 4

    func items() -> DocumentRows {
        var document = DocumentRows()
        let idle = explanation.rows.filter(\.isIdle)
        let folds = idle.count > Self.fewIdle && !context.view.isWhole
        for row in explanation.rows where !(folds && row.isIdle) {
            document.add(.init(line(row), spot: .item(row.id), target: .calls(row.id.object)))
        }
        if folds { document.add(StyledLine("     \(idle.count) more, not ready", Style(.faint))) }
        if explanation.unseen > 0 {
            document.add(StyledLine("     \(explanation.unseen) more, \(explanation.unseenText)", Style(.faint)))
        }
        if document.count == 0 { document.add(StyledLine(" Nothing is registered.", Style(.faint))) }
        document.start = explanation.rows.first.map { .item($0.id) }
        return document
    }

    private func line(_ row: WaitExplanation.Row) -> StyledLine {
        let item = row.item
        let want = EventText.short(item.mask.subtracting(.modes).subtracting(.always))
        let mode = EventText.mode(item.mask)
        let under = row.underLevel == .same ? "=" : row.underLevel == .returned ? "YES" : "maybe"
        var line = cells(
            String(item.fd.rawValue), want + String(repeating: " ", count: 4 - min(want.count, 3)) + mode,
            EventText.short(item.asked.isEmpty ? item.unasked : item.asked),
            item.edge == 0 ? "-" : "\(item.edge) / \(item.toldEdge)",
            "", "", Style(.text))
        var decision = StyledLine(String(Character(glyph(row.mark))) + " ", Style(role(row)))
        decision.add(row.decision, Style(role(row)))
        line.add(decision.fitted(decisionWidth, .left, cut: glyphs.cut))
        line.add(" ")
        line.add(row.underLevel == .same ? .faint : .attention, under)
        return line
    }

    private static let lastWidth = 8
    private static let edgeWidth = 13
    private var digits: Int { max(4, context.descriptorDigits) }

    private var decisionWidth: Int {
        max(context.width - 1 - digits - 1 - 7 - 1 - 3 - 1 - Self.edgeWidth - 2 - 1 - Self.lastWidth, 8)
    }

    private func cells(
        _ fd: String, _ want: String, _ now: String, _ edge: String, _ decision: String, _ under: String, _ style: Style
    ) -> StyledLine {
        var line = StyledLine(" ")
        func add(_ text: String, _ width: Int, _ alignment: StyledLine.Alignment, gap: String = " ") {
            line.add(StyledLine(text, style).fitted(width, alignment, cut: glyphs.cut))
            line.add(gap)
        }
        add(fd, digits, .right)
        add(want, 7, .left)
        add(now, 3, .left)
        add(edge, Self.edgeWidth, .right, gap: "  ")
        if !decision.isEmpty { line.add(StyledLine(decision, style).fitted(decisionWidth, .left, cut: glyphs.cut)) }
        if !under.isEmpty { line.add(StyledLine(" " + under, style)) }
        return line
    }

    private func glyph(_ mark: DecisionText.Mark) -> Unicode.Scalar {
        switch mark {
        case .returned: glyphs.yes
        case .stopped: glyphs.stopped
        case .passed: glyphs.no
        }
    }

    private func role(_ row: WaitExplanation.Row) -> Role {
        switch row.mark {
        case .returned: .good
        case .stopped: .blocked
        case .passed: row.underLevel == .returned || row.item.isGhost ? .attention : .faint
        }
    }

    // MARK: the rule, and what can be tried

    func below() -> [DocumentRows.Line] {
        guard let row = scene.row(context.view[list: .explain].cursor) else { return [] }
        var document = DocumentRows()
        document.addHeading("Rule for fd \(row.item.fd.rawValue)")
        var rule = StyledLine(row.rule.text)
        rule.add(.faint, "  " + row.rule.reference)
        for line in rule.wrapped(width, indent: 0).prefix(3) { document.add(StyledLine(" ").adding(line)) }
        let offers = context.height >= Self.fromTrials ? scene.offers(.item(row.id)) : []
        guard !offers.isEmpty else { return document.lines }
        document.addHeading("What if: changes the guest, asks first")
        var line = StyledLine()
        for offer in offers {
            var item = StyledLine(" \(offer.number) ", Style(offer.isPossible ? .keyName : .faint))
            item.add(offer.isPossible ? .text : .faint, offer.label)
            if line.width > 0, line.width + item.width + 1 > context.width {
                document.add(line)
                line = StyledLine()
            }
            line.add(item)
            line.add(" ")
        }
        document.add(line)
        return document.lines
    }
}
