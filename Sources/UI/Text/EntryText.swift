import Decode
import Diagnosis
import Model
import Terminal
import Trace

/// One trace entry as a line.
struct EntryText {
    private let context: PaneContext
    private let formatter: CallFormatter

    init(_ context: PaneContext) {
        self.context = context
        formatter = context.formatter
    }

    /// In columns when it fits the pane as it is; whole when the user scrolls sideways or wraps long lines.
    /// - Parameter count: calls that the line stands for.
    func line(_ entry: TraceEntry, isWhole: Bool, count: Int = 1) -> StyledLine {
        var line = StyledLine(" ")
        let time = context.model.time
        switch entry.kind {
        case .gap:
            return gap(entry)
        case .call:
            // Lines stand in the order in which calls took effect, so that is the time they bear.
            line.add(
                prefix(
                    at: time.sinceStart(entry.moment), process: entry.process, thread: entry.thread, mark: mark(entry)))
            line.add(call(entry, used: line.width, isWhole: isWhole, count: count))
        case .threadStart:
            line.add(prefix(at: time.sinceStart(entry.record.start), process: entry.process, thread: entry.thread))
            let maker = entry.record.result == 0 ? "" : " by T\(entry.record.result)"
            line.add(.title, "+++ thread started\(maker) +++")
        case .threadExit:
            line.add(prefix(at: time.sinceStart(entry.record.start), process: entry.process, thread: entry.thread))
            line.add(.title, StraceLine.end(ThreadEnd(entry.record)))
        case .signal:
            line.add(prefix(at: time.sinceStart(entry.record.start), process: entry.process, thread: entry.thread))
            line.add(.title, StraceLine.signal(entry.record))
        case .whatIf:
            line.add(
                prefix(
                    at: time.sinceStart(entry.record.start), process: entry.process, thread: entry.thread,
                    mark: mark(entry)))
            line.add(.attention, "by you: \(WhatIfText.brief(entry.record))")
            let effect = EffectText.brief(CauseLinks(context.model.trace).changes(of: entry))
            if !effect.isEmpty { line.add(.object, "  " + effect) }
        }
        return line
    }

    /// `fd_read(3) = 32`: the call, its descriptor and its result.
    func brief(_ entry: TraceEntry) -> StyledLine {
        entry.withPayload { payload in
            let fd = CallFields(entry.record, payload: payload)?.fd.map { String($0.rawValue) } ?? ""
            var line = StyledLine(entry.call?.spec.name ?? "", Style(.call))
            line.add("(\(fd)) ")
            line.add(StyledLine(formatter.text(entry.record, payload: payload).result))
            return line
        }
    }

    /// A call that a thread is still in, or is paused before.
    func live(_ thread: ThreadRow) -> StyledLine? {
        let snapshot = thread.thread
        guard let call = snapshot.call else { return nil }
        let isNext = snapshot.pausedAt == .beforeCall
        let since = context.model.time.sinceStart(monotonic: isNext ? context.model.now : snapshot.blockedSince)
        var line = StyledLine(" ")
        line.add(prefix(at: since, process: snapshot.process, thread: thread.id))
        let tokens = formatter.unfinished(
            call: call, words: snapshot.words, payload: snapshot.payload, isWide: snapshot.isWide,
            objects: snapshot.objects)
        var text = StyledLine(isNarrow ? tokens.withoutNames : tokens)
        if !isNext { text.add(.faint, " ...") }
        let room = max(context.width - line.width - Self.resultWidth - Self.durationWidth, 0)
        line.add(text.fitted(room, .left, cut: context.glyphs.cut))
        let word = isNext ? StyledLine(" next", Style(.attention)) : StyledLine(" blocked", Style(.blocked))
        line.add(word.fitted(Self.resultWidth, .left, cut: context.glyphs.cut))
        guard !isNext else { return line }
        line.add(duration(ClockText.between(snapshot.blockedSince, context.model.now), .blocked))
        return line
    }

    /// Whether the call led to another (`┌▶`), or another led to it (`└▶`).
    func mark(_ entry: TraceEntry) -> String {
        let links = CauseLinks(context.model.trace)
        return context.glyphs.arrow(from: links.isCause(entry), to: links.isEffect(entry))
    }

    /// Time and thread, and where there is room a mark of what led to what.
    /// - Parameter process: shown where the guest has had more than one.
    func prefix(at time: UInt64, process: ProcessID, thread: ThreadID, mark: String = "") -> StyledLine {
        var line = StyledLine(isNarrow ? ClockText.narrow(time) : ClockText.exact(time), Style(.faint))
        line.add(" ")
        if context.model.hasSeveralProcesses {
            let number = StyledLine("P\(process.rawValue)", Style(.number))
            line.add(number.fitted(processWidth, .left, cut: context.glyphs.cut))
            line.add(" ")
        }
        let name = thread == .inspector ? "" : "T\(thread.rawValue)"
        line.add(StyledLine(name, Style(.number)).fitted(threadWidth, .left, cut: context.glyphs.cut))
        line.add(" ")
        guard context.width >= Self.fromMarks else { return line }
        line.add(StyledLine(mark, Style(.object)).fitted(Glyphs.arrowWidth, .left, cut: context.glyphs.cut))
        line.add(" ")
        return line
    }

    /// Columns of time and thread, with the room for the cursor's sign before them.
    var prefixWidth: Int { 1 + prefix(at: 0, process: .none, thread: ThreadID(rawValue: 0)).width }

    private var isNarrow: Bool { context.width < 100 }
    /// Columns from which on there is room for marks of what led to what.
    private static let fromMarks = 90
    private static let resultWidth = 12
    /// Columns that a call keeps when something else is to be said on its line.
    private static let leastCall = 24
    private static let durationWidth = 7

    private var processWidth: Int {
        1 + String(context.model.processes.reduce(1) { max($0, $1.process.rawValue) }).count
    }

    private var threadWidth: Int {
        1 + String(context.model.threads.reduce(1) { max($0, $1.id.rawValue) }).count
    }

    private func call(_ entry: TraceEntry, used: Int, isWhole: Bool, count: Int) -> StyledLine {
        let record = entry.record
        let decoded = entry.withPayload { formatter.text(record, payload: $0) }
        let refusal = decoded.note
        var text = StyledLine(isNarrow && !isWhole ? decoded.call.withoutNames : decoded.call)
        if count > 1 { text.add(.number, " \(context.glyphs.times)\(count)") }
        // Before the result, which has a column of its own.
        if !refusal.isEmpty { text = text.adding(StyledLine(" ")).adding(StyledLine(refusal)) }
        let effect = EffectText.brief(CauseLinks(context.model.trace).changes(of: entry))
        let result = StyledLine(decoded.result)
        let taken = context.model.time.duration(of: record)
        let isSlow = entry.call.map { CallJudgement.isSlow($0, nanoseconds: taken) } ?? false
        var line = StyledLine()
        if isWhole {
            line.add(text)
            line.add(" ")
            line.add(result)
            line.add(.faint, "  " + context.duration(taken))
            if !effect.isEmpty { line.add(.object, "  " + effect) }
            return line
        }
        var room = max(context.width - used - Self.resultWidth - Self.durationWidth, 0)
        let effectWidth = effect.isEmpty ? 0 : TextWidth.of(effect) + 2
        let saysEffect = effectWidth > 0 && room - effectWidth >= Self.leastCall
        if saysEffect { room -= effectWidth }
        line.add(text.fitted(room, .left, cut: context.glyphs.cut))
        if saysEffect { line.add(.object, "  " + effect) }
        line.add(" ")
        line.add(result.fitted(Self.resultWidth - 1, .left, cut: context.glyphs.cut))
        line.add(duration(taken, isSlow ? .attention : .faint))
        return line
    }

    private func duration(_ nanoseconds: UInt64, _ role: Role) -> StyledLine {
        StyledLine(context.duration(nanoseconds), Style(role))
            .fitted(Self.durationWidth, .right, cut: context.glyphs.cut)
    }

    private func gap(_ entry: TraceEntry) -> StyledLine {
        let sign = String(Character(context.glyphs.gap))
        let length = context.model.time.duration(of: entry.record)
        let text =
            " \(NumberText.grouped(UInt64(entry.record.result))) calls of T\(entry.thread.rawValue) not kept here"
            + " (\(context.duration(length))); the tables are exact "
        let missing = max(context.width - TextWidth.of(text), 2)
        let left = String(repeating: sign, count: min(missing / 2, 3))
        return StyledLine(left + text + String(repeating: sign, count: max(missing - left.count, 0)), Style(.gap))
    }
}
