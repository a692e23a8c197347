import Diagnosis
import Model
import Terminal
import Trace

/// The answer to "why": what was found, who waits for whom, where in the code, how it came about, what to do. Without a
/// finding: the longest waits.
struct WhyDocument {
    /// How much of it there is room for.
    enum Form: CaseIterable {
        /// A circle of two threads as a drawing, a line more for who could end a wait.
        case drawn
        case lines
        /// The most important of each section.
        case short
    }

    /// Sections, by which the cursor knows its lines.
    enum Section: Int { case waits, code, evidence, unwatched, subject }

    /// Descriptors that are named.
    private static let mostUnwatched = 8

    /// Nanoseconds from which on a wait is long.
    private static let long: UInt64 = 1_000_000_000

    let context: PaneContext
    let finding: Finding?

    /// The fullest form that fits; all of it, to be scrolled, when the shortest does not.
    func rows(isWhole: Bool) -> DocumentRows {
        for form in Form.allCases {
            let document = document(form)
            if document.count <= context.height { return document }
            if isWhole { return document }
        }
        return document(.lines)
    }

    private func document(_ form: Form) -> DocumentRows {
        guard let finding else { return longestWaits(form) }
        var document = DocumentRows()
        let room = max(context.width - 2, 8)
        // The descriptor that it is about is a step up from what led to it.
        let object = finding.object(in: context.model)
        for (index, line) in StyledLine(Sanitizer.clean(finding.text), Style(.title)).wrapped(room, indent: 0)
            .enumerated()
        {
            let isLink = index == 0 && object != nil
            document.add(
                .init(
                    StyledLine(" ").adding(line),
                    spot: isLink ? .spot(section: Section.subject.rawValue, index: 0) : nil,
                    thread: isLink ? finding.threads.first : nil, target: isLink ? object.map { .object($0) } : nil))
        }
        let waits = WaitLines(context, form)
        waits.add(WaitLines.threads(of: finding, context.examination.graph), finding, to: &document)
        CodeLines(context, form).add(finding, to: &document)
        EvidenceLines(context, form).add(finding, to: &document)
        document.addHeading("What to do")
        for line in StyledLine(finding.lint.advice).wrapped(room, indent: 0) {
            document.add(StyledLine(" ").adding(line))
        }
        return document
    }

    private func longestWaits(_ form: Form) -> DocumentRows {
        var document = DocumentRows()
        let graph = context.examination.graph
        // Long waits by their length; short ones come and go, so these stay in the order of their threads.
        let now = context.model.now
        func rank(_ node: WaitGraph.Node) -> (UInt64, UInt32) {
            let isLong = ClockText.between(node.thread.blockedSince, now) >= Self.long
            return (isLong ? node.thread.blockedSince : .max, node.thread.thread.rawValue)
        }
        let nodes = graph.nodes.values.sorted { rank($0) < rank($1) }
        guard !nodes.isEmpty else {
            document.add(
                StyledLine(" No thread waits: \(NumberText.counted(graph.alive, "thread")) at work.", Style(.faint)))
            document.add(StyledLine(" View 6 shows what they call, b where they are.", Style(.faint)))
            return document
        }
        let title = graph.alive == nodes.count ? "The longest waits: all threads wait" : "The longest waits"
        document.add(StyledLine(" \(title)", Style(.title)))
        let lines = WaitLines(context, form)
        lines.addWaits(nodes.map(\.thread.thread), withCode: true, to: &document)
        lines.addRunning(to: &document)
        addUnwatched(to: &document)
        return document
    }

    private func addUnwatched(to document: inout DocumentRows) {
        let rows = UnwatchedQueues(ExaminedState(model: context.model, examination: context.examination)).rows
        guard !rows.isEmpty else { return }
        document.addHeading("Unread, in no interest list, and no thread reads it", note: "Enter = its page")
        for (index, row) in rows.prefix(Self.mostUnwatched).enumerated() {
            var line = StyledLine(" fd \(row.descriptor.fd.rawValue) ")
            line.add(.object, Sanitizer.clean(context.model.names[row.descriptor.object] ?? row.descriptor.kind.name))
            line.add("  " + UnwatchedQueues.text(row))
            document.add(
                .init(
                    line, spot: .spot(section: Section.unwatched.rawValue, index: index),
                    target: .object(row.descriptor.object)))
        }
        let left = rows.count - Self.mostUnwatched
        if left > 0 { document.add(StyledLine(" and \(left) more", Style(.faint))) }
    }
}
