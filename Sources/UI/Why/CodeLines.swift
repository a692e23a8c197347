import Diagnosis
import Export
import Terminal
import Trace

/// Where in the code: stacks, a line each.
struct CodeLines {
    private static let fewest = 2
    /// Functions that say where a wait is, where a line has other things to say.
    private static let innermost = 2

    private let context: PaneContext
    private let form: WhyDocument.Form

    init(_ context: PaneContext, _ form: WhyDocument.Form) {
        self.context = context
        self.form = form
    }

    func add(_ finding: Finding, to document: inout DocumentRows) {
        var lines: [(thread: ThreadID?, line: StyledLine)] = []
        if !finding.stack.isEmpty {
            var line = StyledLine(" did it: ", Style(.faint))
            line.add(stack(finding.stack, width: context.width - line.width))
            lines.append((finding.threads.first, line))
        }
        for place in finding.places {
            var line = StyledLine(" T\(place.thread.rawValue) ", Style(.number))
            if let call = place.call {
                line.add(.call, call.spec.name)
                line.add(.faint, " \(context.glyphs.from) ")
            }
            line.add(stack(place.frames, width: context.width - line.width))
            lines.append((place.thread, line))
        }
        guard !lines.isEmpty else { return }
        document.addHeading("Where in the code", note: "b = whole stack")
        for (index, (thread, line)) in lines.prefix(form == .short ? Self.fewest : lines.count).enumerated() {
            let spot = RowID.spot(section: WhyDocument.Section.code.rawValue, index: index)
            document.add(.init(line, spot: spot, thread: thread, target: thread.map { .stack($0) }))
        }
    }

    /// `submit_job deadlock.c:37 ← producer +0x18`: as many functions as fit whole, one at least.
    private func stack(_ frames: [GuestFrame], width: Int) -> StyledLine {
        var line = StyledLine()
        let frames = frames.fromOwn
        for (index, frame) in zip(0..., frames) {
            var part = StyledLine()
            if index > 0 { part.add(.faint, " \(context.glyphs.from) ") }
            part.add(Self.text(frame))
            let rest = index + 1 < frames.count ? 2 : 0
            if index > 0, line.width + part.width + rest > width {
                line.add(.faint, " \(Character(context.glyphs.cut))")
                break
            }
            line.add(part)
        }
        return line
    }

    /// The innermost functions of the program's own, in few words; nil for an unknown stack.
    static func innermost(_ frames: [GuestFrame], _ context: PaneContext) -> StyledLine? {
        let shown = frames.fromOwn.prefix(innermost)
        guard !shown.isEmpty else { return nil }
        var line = StyledLine("in ", Style(.faint))
        for (index, frame) in shown.enumerated() {
            if index > 0 { line.add(.faint, " \(context.glyphs.from) ") }
            line.add(text(frame))
        }
        return line
    }

    /// `submit_job deadlock.c:37`, `submit_job +0x4c`
    static func text(_ frame: GuestFrame) -> StyledLine {
        let text = Sanitizer.clean(StackText().text(frame))
        let name = text.prefix { $0 != " " }
        var line = StyledLine(String(name))
        line.add(.number, String(text.dropFirst(name.count)))
        return line
    }
}
