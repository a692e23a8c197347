import Diagnosis
import Model
import Terminal
import Trace

/// How it came about: the facts of a finding, the oldest first.
struct EvidenceLines {
    private static let fewest = 3

    private let context: PaneContext
    private let form: WhyDocument.Form

    init(_ context: PaneContext, _ form: WhyDocument.Form) {
        self.context = context
        self.form = form
    }

    func add(_ finding: Finding, to document: inout DocumentRows) {
        guard !finding.evidence.isEmpty else { return }
        document.addHeading("How it came about", note: "Enter = the trace there")
        // The newest say most, and the cursor is on the one that leads to the trace.
        let all = Array(finding.evidence.enumerated())
        for (index, evidence) in form == .short ? Array(all.suffix(Self.fewest)) : all {
            let spot = RowID.spot(section: WhyDocument.Section.evidence.rawValue, index: index)
            let target: DocumentRows.Target? =
                evidence.entry.map { .entry($0) } ?? evidence.thread.map { .stack($0) }
            if document.start == nil || evidence.entry != nil { document.start = spot }
            var parts = [line(evidence)]
            if form != .short { parts = parts[0].wrapped(context.width, indent: 9) }
            document.add(.init(parts[0], spot: spot, thread: evidence.thread, target: target))
            for part in parts.dropFirst() { document.add(part) }
        }
    }

    /// ` 02.810  T1 read, and left the rest   fd_read(3<pair 3-4>, ..) = 32      12.4s ago`
    private func line(_ evidence: Evidence) -> StyledLine {
        let entry = evidence.entry.flatMap { context.model.trace[$0] }
        var line = StyledLine(" ")
        let isNarrow = context.width < 100
        let isCut = form == .short
        let time = moment(evidence, entry)
        line.add(.faint, time.map { isNarrow ? ClockText.narrow($0) : ClockText.exact($0) } ?? "")
        line.pad(to: isNarrow ? 9 : 18)
        line.add(Sanitizer.clean(evidence.text))
        if !evidence.isDeed, let place = evidence.frames.innermostOwn {
            line.add(StyledLine(" in ", Style(.faint)).adding(CodeLines.text(place)))
        }
        let age = evidence.at.map { context.age($0) + " ago" } ?? ""
        let room = context.width - 1 - TextWidth.of(age)
        if let entry, entry.kind == .call {
            line.add(StyledLine("  ").adding(EntryText(context).brief(entry)), ifFits: room - 2)
        }
        guard line.width < room else {
            return isCut && line.width > context.width
                ? line.fitted(context.width, .left, cut: context.glyphs.cut) : line
        }
        line.pad(to: room)
        line.add(.faint, age)
        return line
    }

    /// Nanoseconds since the start.
    private func moment(_ evidence: Evidence, _ entry: TraceEntry?) -> UInt64? {
        if let entry { return context.model.time.sinceStart(entry.moment) }
        return evidence.at.map { context.model.time.sinceStart(monotonic: $0) }
    }
}
