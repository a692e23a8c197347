import Decode
import Diagnosis
import Model
import Terminal
import Trace
import WasixABI

/// A finished wait for events as a line: who waited, how long, what came.
struct WaitText {
    /// Registrations that were passed over and are named.
    private static let mostPassedOver = 4

    private let context: PaneContext
    private let entries: EntryText

    init(_ context: PaneContext) {
        self.context = context
        entries = EntryText(context)
    }

    var prefixWidth: Int { entries.prefixWidth }

    func line(_ entry: TraceEntry) -> StyledLine {
        let time = context.model.time
        var line = StyledLine(" ")
        line.add(
            entries.prefix(
                at: time.sinceStart(entry.moment), process: entry.process, thread: entry.thread,
                mark: entries.mark(entry)))
        let slept = context.duration(time.duration(of: entry.record))
        entry.withPayload { payload in
            guard let fields = CallFields(entry.record, payload: payload) else { return }
            line.add(call(fields))
            if context.width >= 100 {
                line.add(.faint, "  slept ")
                line.add(StyledLine(slept).fitted(6, .right, cut: context.glyphs.cut))
            }
            line.add("  -> ", Style(.faint))
            line.add(outcome(fields))
        }
        if context.width < 100 { line.add(.faint, "  after \(slept)") }
        return line
    }

    /// `epoll_wait(4, 64, INF)`
    private func call(_ fields: CallFields) -> StyledLine {
        var line = StyledLine()
        line.add(.call, fields.spec.name)
        guard fields.spec.id == .epollWait else {
            line.add("(\(fields.number("nsubscriptions") ?? 0) subscriptions)")
            return line
        }
        let most = Int32(truncatingIfNeeded: fields.number("maxevents") ?? 0)
        line.add("(\(fields.fd?.rawValue ?? 0), \(most), \(DurationFormat.exact(fields.timeout ?? 0)))")
        return line
    }

    private func outcome(_ fields: CallFields) -> StyledLine {
        guard let errno = fields.errno else { return StyledLine("?", Style(.faint)) }
        guard errno == .success else {
            return StyledLine(errno.name, Style(errno.isSoft ? .softError : .hardError))
        }
        let count = fields.returned ?? 0
        var line = StyledLine(String(count), Style(count == 0 ? .faint : .good))
        if count == 0 { line.add(.faint, " timeout") }
        line.add(events(fields))
        line.add(passedOver(fields))
        return line
    }

    /// `  not 3 IN (edge 5 told)  7 IN (off)`: what was there and was not reported. Faint: by itself it is no loss.
    private func passedOver(_ fields: CallFields) -> StyledLine {
        let all = fields.changes.filter { $0.kind == .passedOver && !$0.isUncertain }
        guard !all.isEmpty else { return StyledLine() }
        var line = StyledLine("  not", Style(.faint))
        for change in all.prefix(Self.mostPassedOver) { line.add(.faint, " " + EffectText.short(change)) }
        if all.count > Self.mostPassedOver { line.add(.faint, " and \(all.count - Self.mostPassedOver) more") }
        return line
    }

    /// ` {9 OUT} {5 IN}`: the number that the registration had then; the data where that was not kept.
    private func events(_ fields: CallFields) -> StyledLine {
        var line = StyledLine()
        for event in fields.reportedEvents.prefix(12) {
            line.add(.faint, " {")
            line.add(event.fd.map { String($0.rawValue) } ?? "data 0x" + String(event.data, radix: 16))
            line.add(.good, " " + EventText.long(event.events))
            line.add(.faint, "}")
        }
        return line
    }
}
