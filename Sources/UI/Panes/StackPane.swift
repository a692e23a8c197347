import Diagnosis
import Export
import Model
import Terminal
import Trace

/// One thread's stack, a frame a line, and below it what the thread is in.
struct StackPane: PaneView {
    let id = Pane.stack
    let name = "Stack"

    /// Threads as j goes through them.
    static func order(_ model: ModelState) -> [ThreadID] {
        model.threads.filter { $0.thread.state != .ended }.map(\.id).sorted()
    }

    func content(_ context: PaneContext) -> PaneContent {
        guard case .stack(let id) = context.view.trail.last?.content,
            let row = context.model.threads.first(where: { $0.id == id })
        else {
            return PaneContent(title: "Stack", rows: .document(DocumentRows()), emptyText: "The thread has gone.")
        }
        let threads = Self.order(context.model)
        let place = threads.firstIndex(of: id).map { " \($0 + 1)/\(threads.count)" } ?? ""
        var document = DocumentRows()
        if row.thread.stack.isEmpty {
            document.add(StyledLine(" " + Self.whyNone(row.thread), Style(.faint)))
        } else {
            for line in Self.lines(row.thread.stack, context) { document.add(line) }
        }
        let heading =
            if row.thread.state == .blocked { "It waits in" } else if row.thread.call != nil { "Paused before" } else {
                "Now"
            }
        document.addHeading(heading)
        for line in Self.now(row, context) { document.add(line) }
        return PaneContent(
            title: "Stack of T\(id.rawValue)\(place)", note: "innermost first  j k = other threads",
            rows: .document(document))
    }

    /// A stack, a frame a line.
    static func lines(_ stack: [GuestFrame], _ context: PaneContext) -> [StyledLine] {
        let own = stack.innermostOwn
        let digits = String(stack.count - 1).count
        let texts = stack.map { StackText().text($0) }
        let names = texts.map { Sanitizer.clean($0.split(separator: " ").first.map(String.init) ?? $0) }
        let width = min(names.reduce(8) { max($0, TextWidth.of($1)) }, max(context.width - 34, 12))
        return stack.indices.map { index in
            let frame = stack[index]
            var line = StyledLine(" ")
            line.add(StyledLine(String(index), Style(.number)).fitted(digits, .right, cut: " "))
            line.add(" ")
            let style = frame == own ? Style(.title) : Style(frame.isOfLibrary ? .faint : .text)
            line.add(StyledLine(Sanitizer.clean(frame.function), style).fitted(width, .left, cut: context.glyphs.cut))
            let place = frame.line.flatMap { line in
                frame.file.map { "\(Sanitizer.clean($0.split(separator: "/").last.map(String.init) ?? $0)):\(line)" }
            }
            line.add("  ")
            line.add(StyledLine(place ?? "", Style(.object)).fitted(20, .left, cut: context.glyphs.cut))
            if let offset = frame.functionOffset { line.add(.number, " +0x" + String(offset, radix: 16)) }
            return line
        }
    }

    private static func whyNone(_ thread: ThreadSnapshot) -> String {
        let name = "T\(thread.thread.rawValue)"
        return switch thread.state {
        case .ended: "\(name) has ended."
        case .running where thread.pausedAt != nil: "Its stack was not taken yet."
        case .running: "\(name) runs: its stack is taken every half second, or was not yet."
        case .blocked: "\(name) has not waited long enough for its stack to be taken."
        }
    }

    /// Of a thread in no call that could be shown.
    private static func state(_ thread: ThreadSnapshot) -> String {
        switch (thread.state, thread.pausedAt) {
        case (.ended, _): "It has ended."
        case (_, nil): "It runs, or is in a call that does not wait."
        case (_, .insideCode): "It is paused in code that computes."
        case (_, _): "It is paused after a call, whose result it has not seen yet."
        }
    }

    /// Its call in progress, for how long, and who could end it.
    private static func now(_ row: ThreadRow, _ context: PaneContext) -> [StyledLine] {
        let thread = row.thread
        guard let call = thread.call else { return [StyledLine(" " + state(thread))] }
        var line = StyledLine(" ")
        line.add(
            StyledLine(
                context.formatter.unfinished(
                    call: call, words: thread.words, payload: thread.payload, isWide: thread.isWide,
                    objects: thread.objects)))
        guard thread.state == .blocked else { return line.wrapped(max(context.width - 1, 10)) }
        let age = "  " + context.age(thread.blockedSince)
        var lines = line.wrapped(max(context.width - age.count - 1, 10))
        lines[lines.count - 1].add(.blocked, age)
        if let who = context.examination.graph.whoCanWake(thread.thread, at: context.model.now) {
            var line = StyledLine(" ends it: ", Style(.faint))
            line.add(Sanitizer.clean(who), Style(context.examination.graph.tone(of: thread.thread)))
            lines.append(line)
        }
        return lines
    }
}
