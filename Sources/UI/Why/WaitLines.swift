import Diagnosis
import Model
import Terminal
import Trace
import WasixABI

/// Who waits for whom, from the graph.
struct WaitLines {
    /// Threads of the short form, and of the others.
    private static let fewest = 2
    private static let most = 12

    private let context: PaneContext
    private let form: WhyDocument.Form
    private var graph: WaitGraph { context.examination.graph }

    init(_ context: PaneContext, _ form: WhyDocument.Form) {
        self.context = context
        self.form = form
    }

    /// Threads that a finding is about and that wait, then those that could end their waits and wait themselves.
    static func threads(of finding: Finding, _ graph: WaitGraph) -> [ThreadID] {
        var found = finding.threads.filter { graph.nodes[$0] != nil }
        var index = 0
        while index < found.count, found.count < most {
            for source in graph.nodes[found[index]]?.sources ?? [] where source.isKnown {
                for waker in source.wakers where graph.nodes[waker] != nil && !found.contains(waker) {
                    found.append(waker)
                }
            }
            index += 1
        }
        return found
    }

    func add(_ threads: [ThreadID], _ finding: Finding, to document: inout DocumentRows) {
        let running = finding.threads.filter { graph.nodes[$0] == nil }
        guard !threads.isEmpty || !running.isEmpty else { return }
        document.addHeading("Who waits for whom", note: "Enter, b = stack")
        if form == .drawn, let drawing = CycleDrawing(threads, context) {
            for line in drawing.lines { document.add(line) }
            return
        }
        addWaits(threads, withCode: false, to: &document)
        for thread in running.prefix(Self.fewest) {
            let isAlive = context.model.threads.contains { $0.id == thread && $0.thread.state != .ended }
            add(
                StyledLine(" T\(thread.rawValue) \(isAlive ? "does not wait: it runs" : "has ended")", Style(.faint)),
                thread,
                to: &document)
        }
    }

    /// - Parameter withCode: the innermost functions, too.
    func addWaits(_ threads: [ThreadID], withCode: Bool, to document: inout DocumentRows) {
        let shown = threads.prefix(form == .short ? Self.fewest : Self.most)
        for thread in shown {
            guard let node = graph.nodes[thread] else { continue }
            let head = wait(node)
            let who = who(node)
            // One line where that is enough and nothing has to be cut.
            if head.width + who.width + 2 <= context.width {
                var line = head
                line.pad(to: min(44, context.width - who.width - 1))
                add(line.adding(StyledLine("  ")).adding(who), thread, to: &document)
            } else if form == .short {
                add(inShort(node), thread, to: &document)
            } else {
                let parts = head.wrapped(context.width, indent: 6)
                add(parts[0], thread, to: &document)
                for part in parts.dropFirst() + StyledLine("      ").adding(who).wrapped(context.width, indent: 6) {
                    document.add(part)
                }
            }
            guard withCode, form != .short else { continue }
            // There is a line before there is a stack: nothing moves when that comes.
            let code = CodeLines.innermost(node.thread.stack, context) ?? StyledLine("in ?", Style(.faint))
            document.add(StyledLine("      ").adding(code))
        }
        let left = threads.count - shown.count
        if left > 0 { document.add(StyledLine(" and \(NumberText.counted(left, "thread")) more", Style(.faint))) }
    }

    /// Threads that do not wait, and where they were last.
    func addRunning(to document: inout DocumentRows) {
        let running = context.model.threads.map(\.thread).filter { $0.state == .running }
        for thread in running.prefix(form == .short ? Self.fewest : Self.most) {
            var line = StyledLine(" T\(thread.thread.rawValue)", Style(.number))
            line.add(.good, " runs  ")
            line.add(CodeLines.innermost(thread.stack, context) ?? StyledLine())
            add(line, thread.thread, to: &document)
        }
    }

    private func add(_ line: StyledLine, _ thread: ThreadID, to document: inout DocumentRows) {
        let spot = RowID.spot(section: WhyDocument.Section.waits.rawValue, index: Int(thread.rawValue))
        document.add(.init(line, spot: spot, thread: thread, target: .stack(thread)))
    }

    /// ` T2 ── fd_write(4) ──▶ fd 4 pipe#1 w  FULL  5.3s`
    private func wait(_ node: WaitGraph.Node) -> StyledLine {
        let dash = String(repeating: Character(context.glyphs.horizontal), count: 2)
        var line = StyledLine(" T\(node.thread.thread.rawValue)", Style(.number))
        line.add(.faint, " \(dash) ")
        line.add(.call, Self.call(node.thread))
        line.add(.faint, " \(dash)\(Character(context.glyphs.pointer)) ")
        line.add(thing(node))
        line.add(.blocked, "  " + context.age(node.thread.blockedSince))
        return line
    }

    /// ` T2 ── fd_write(4): T3, asleep`, cut where that is too long.
    private func inShort(_ node: WaitGraph.Node) -> StyledLine {
        let id = node.thread.thread
        let text = graph.whoCanWakeInShort(id, at: context.model.now) ?? ""
        var line = StyledLine(" T\(id.rawValue) ", Style(.number))
        line.add(.call, Self.call(node.thread))
        line.add(.blocked, " " + context.age(node.thread.blockedSince))
        line.add(.faint, " ends it: ")
        line.add(Sanitizer.clean(text), Style(graph.tone(of: id)))
        return line.width > context.width ? line.fitted(context.width, .left, cut: context.glyphs.cut) : line
    }

    /// What it waits for, and how that is.
    private func thing(_ node: WaitGraph.Node) -> StyledLine {
        var line = StyledLine()
        guard let (source, others) = node.mainSource(context.model) else {
            line.add(.faint, node.thread.deadline == nil ? "nothing" : "its time")
            return line
        }
        line.add(.object, Sanitizer.clean(source.name))
        let state = SourceState(source, of: node, context.model)
        if !state.text.isEmpty {
            line.add("  ")
            if let fill = state.fill, state.tone == .attention {
                line.add(.number, NumberText.grouped(fill.used) + " ")
            }
            line.add(state.text, Style(state.tone))
        }
        if others > 0 { line.add(.faint, "  +\(others)") }
        return line
    }

    /// Who could end it.
    private func who(_ node: WaitGraph.Node) -> StyledLine {
        let id = node.thread.thread
        let text = graph.whoCanWake(id, at: context.model.now) ?? ""
        var line = StyledLine("ends it: ", Style(.faint))
        line.add(Sanitizer.clean(text), Style(graph.tone(of: id)))
        return line
    }

    /// `fd_write(4)`, `futex_wait(0x18d0)`, `thread_join(T2)`.
    static func call(_ thread: ThreadSnapshot) -> String {
        guard let call = thread.call else { return "a wait" }
        let word = thread.words.first ?? 0
        let argument =
            switch call {
            case .futexWait, .atomicWait32, .atomicWait64: "0x" + String(thread.wordAddress, radix: 16)
            case .threadJoin: "T\(word)"
            case .epollWait, .fdRead, .fdWrite, .sockRecv, .sockRecvFrom, .sockSend, .sockSendTo, .sockSendFile,
                .sockAccept, .sockAcceptV2, .sockAcceptWasix, .sockConnect:
                String(word)
            default: ""
            }
        return "\(call.spec.name)(\(argument))"
    }
}
