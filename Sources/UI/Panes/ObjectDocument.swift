import Diagnosis
import Model
import Terminal
import Trace
import WasixABI

/// The text of a descriptor's page.
struct ObjectDocument {
    /// Sections, by which the cursor knows its lines.
    private enum Section: Int { case findings, ends, watchers, waiters, users, calls, rest }

    /// Of each list; the rest is counted.
    private static let mostLines = 8
    private static let mostCalls = 6

    private let context: PaneContext
    private let object: ObjectID
    private let report: ObjectReport

    init(_ context: PaneContext, _ object: ObjectID) {
        self.context = context
        self.object = object
        report = ObjectReport(object, ExaminedState(model: context.model, examination: context.examination))
    }

    func rows() -> DocumentRows {
        var document = DocumentRows()
        addFacts(to: &document)
        addFindings(to: &document)
        addEnd(to: &document)
        addWatchers(to: &document)
        addWaiters(to: &document)
        addUsers(to: &document)
        addCalls(to: &document)
        return document
    }

    // MARK: what it is

    private func addFacts(to document: inout DocumentRows) {
        guard let first = report.holders.first?.descriptor else {
            document.add(StyledLine(" closed: no number stands for it any more", Style(.faint)))
            return
        }
        var line = StyledLine(" \(first.kind.name) ", Style(.faint))
        line.add(.object, DescriptorText.name(first, context))
        line.add("  \(DescriptorText.longFlags(first))")
        line.add(.faint, "  in ")
        line.add(.number, NumberText.grouped(first.bytesIn))
        line.add(.faint, " out ")
        line.add(.number, NumberText.grouped(first.bytesOut))
        add(line, to: &document)
        for line in level(first) + ends(first.detail) { add(line, to: &document) }
        add(holders(report.holders), to: &document)
    }

    /// How full it is, and what it is ready for.
    private func level(_ descriptor: DescriptorSnapshot) -> [StyledLine] {
        var line = StyledLine(" ready for ", Style(.faint))
        line.add(descriptor.ready.isEmpty ? "nothing" : EventText.long(descriptor.ready))
        if let queue = descriptor.queue {
            line.add(.faint, "  queue ")
            line.add(.number, NumberText.grouped(queue.used))
            if queue.capacity > 0 { line.add(.faint, " of \(NumberText.grouped(queue.capacity))") }
            if queue.unsent > 0 {
                line.add(.faint, "  unsent ")
                line.add(.number, NumberText.grouped(queue.unsent))
            }
        }
        return [line]
    }

    /// The state of a socket and both its addresses.
    private func ends(_ detail: ObjectDetail) -> [StyledLine] {
        guard case .socket(let local, let peer, let state) = detail else { return [] }
        var line = StyledLine(" \(state.rawValue)", Style(.faint))
        for (word, address) in [("local", local), ("peer", peer)] where !address.isEmpty {
            line.add(.faint, "  \(word) ")
            line.add(.object, Sanitizer.clean(address))
        }
        return [line]
    }

    /// ` held as fd 3, 9`, and where there are several processes ` held by P1 as fd 3, P2 as fd 3 9`.
    private func holders(_ rows: [DescriptorRow]) -> StyledLine {
        let numbers = { (rows: [DescriptorRow]) in
            rows.prefix(Self.mostLines).map { "\($0.descriptor.fd.rawValue)" }.joined(separator: " ")
                + (rows.count > Self.mostLines ? " and \(rows.count - Self.mostLines) more" : "")
        }
        guard context.model.hasSeveralProcesses else {
            return StyledLine(" held as fd ", Style(.faint)).adding(StyledLine(numbers(rows)))
        }
        var line = StyledLine(" held by", Style(.faint))
        let byProcess = Dictionary(grouping: rows, by: \.descriptor.process).sorted { $0.key < $1.key }
        for (process, own) in byProcess.prefix(Self.mostLines) {
            line.add(.number, " P\(process.rawValue)")
            line.add(.faint, " as fd ")
            line.add(numbers(own))
        }
        if byProcess.count > Self.mostLines { line.add(.faint, " and \(byProcess.count - Self.mostLines) more") }
        return line
    }

    // MARK: what it has to do with others

    private func addFindings(to document: inout DocumentRows) {
        guard !report.findings.isEmpty else { return }
        document.addHeading("What is wrong with it", note: "Enter = why")
        for (index, finding) in report.findings.prefix(Self.mostLines).enumerated() {
            var line = StyledLine(" \(finding.lint.code) ", Style(.attention))
            line.add(Sanitizer.clean(finding.text))
            add(line, .findings, index, .why(finding.id), thread: finding.threads.first, to: &document)
        }
    }

    private func addEnd(to document: inout DocumentRows) {
        guard case .channel = report.holders.first?.descriptor.detail else { return }
        document.addHeading("The other end")
        guard let peer = report.peer, let other = report.peerHolders.first?.descriptor else {
            document.add(StyledLine(" closed", Style(.attention)))
            return
        }
        var line = StyledLine(" fd \(other.fd.rawValue) ")
        line.add(.object, "\(other.kind.name) \(DescriptorText.name(other, context))")
        if let queue = other.queue {
            line.add(.faint, "  queue ")
            line.add(.number, NumberText.grouped(queue.used))
            if queue.capacity > 0 { line.add(.faint, " of \(NumberText.grouped(queue.capacity))") }
        }
        line.add(" ")
        line.add(holders(report.peerHolders))
        add(line, .ends, 0, .object(peer), to: &document)
    }

    private func addWatchers(to document: inout DocumentRows) {
        document.addHeading("Who watches it")
        guard !report.watchers.isEmpty else {
            document.add(StyledLine(" no interest list has it", Style(.faint)))
            return
        }
        for (index, watcher) in report.watchers.prefix(Self.mostLines).enumerated() {
            let item = watcher.item.item
            var line = StyledLine(" epoll \(watcher.instance.epoll.fd.rawValue)", Style(.object))
            line.add("  \(EventText.long(item.mask.subtracting(.modes).subtracting(.always)))")
            line.add(" \(EventText.mode(item.mask))")
            line.add(.faint, "  edges \(item.edges)  reported \(item.reports)")
            if item.lastReportedAt != 0 { line.add(.faint, ", \(context.age(item.lastReportedAt)) ago") }
            let verdict = ItemVerdict(watcher.item, at: context.model.now)
            line.add("  ")
            line.add(verdict.longText, Style(verdict.tone))
            add(line, .watchers, index, .object(watcher.instance.id), to: &document)
        }
        addRest(report.watchers.count, to: &document)
    }

    private func addWaiters(to document: inout DocumentRows) {
        guard !report.waiters.isEmpty else { return }
        document.addHeading("Who waits for it", note: "Enter, b = stack")
        let graph = context.examination.graph
        for (index, thread) in report.waiters.prefix(Self.mostLines).enumerated() {
            guard let node = graph.nodes[thread] else { continue }
            var line = StyledLine(" T\(thread.rawValue) ", Style(.number))
            line.add(.call, WaitLines.call(node.thread))
            line.add(.blocked, "  " + context.age(node.thread.blockedSince))
            line.add(.faint, "  ends it: ")
            let text = graph.whoCanWake(thread, at: context.model.now) ?? ""
            line.add(Sanitizer.clean(text), Style(graph.tone(of: thread)))
            add(line, .waiters, index, .stack(thread), thread: thread, to: &document)
        }
        addRest(report.waiters.count, to: &document)
    }

    /// Threads that have used it so far, or its other end: who could end a wait for it.
    private func addUsers(to document: inout DocumentRows) {
        let uses =
            report.feeders.map { (use: $0, what: report.peer == nil ? "wrote it" : "wrote the other end") }
            + report.takers.map { (use: $0, what: report.peer == nil ? "read it" : "read the other end") }
        guard !uses.isEmpty else { return }
        document.addHeading("Who could end a wait for it", note: "Enter = the last time")
        for (index, (use, what)) in uses.prefix(Self.mostLines).enumerated() {
            var line = StyledLine(" T\(use.thread.rawValue)", Style(.number))
            line.add("  \(what) \(NumberText.counted(Int(clamping: use.count), "time"))")
            let row = context.model.threads.first { $0.id == use.thread }
            switch row?.thread.state {
            case .blocked: line.add(.blocked, "  asleep in \(row?.thread.call?.spec.name ?? "a call")")
            case .running: line.add(.good, "  runs")
            case .ended, nil: line.add(.attention, "  has ended")
            }
            add(line, .users, index, .event(use.entry), thread: use.thread, to: &document)
        }
        addRest(uses.count, to: &document)
    }

    private func addCalls(to document: inout DocumentRows) {
        document.addHeading("What was done last", note: "Enter = that call")
        let entries = EntryText(context)
        let history = context.model.trace
        for number in report.lastCalls(Self.mostCalls, in: history) {
            guard let entry = history[number] else { continue }
            // In columns, as in the trace: it is as wide as the page.
            let spot = RowID.spot(section: Section.calls.rawValue, index: Int(clamping: number))
            document.add(
                .init(
                    entries.line(entry, isWhole: false), spot: spot, thread: entry.thread, target: .event(number)))
        }
        add(StyledLine(" all calls on it", Style(.faint)), .rest, 0, .calls(object), to: &document)
    }

    // MARK: lines

    private func add(_ line: StyledLine, to document: inout DocumentRows) {
        for part in line.wrapped(max(context.width - 1, 8), indent: 3) { document.add(part) }
    }

    private func add(
        _ line: StyledLine, _ section: Section, _ index: Int, _ target: DocumentRows.Target, thread: ThreadID? = nil,
        to document: inout DocumentRows
    ) {
        let parts = line.wrapped(max(context.width - 1, 8), indent: 6)
        let spot = RowID.spot(section: section.rawValue, index: index)
        document.add(.init(parts[0], spot: spot, thread: thread, target: target))
        for part in parts.dropFirst() { document.add(part) }
    }

    private func addRest(_ count: Int, to document: inout DocumentRows) {
        guard count > Self.mostLines else { return }
        document.add(StyledLine(" and \(count - Self.mostLines) more", Style(.faint)))
    }
}
