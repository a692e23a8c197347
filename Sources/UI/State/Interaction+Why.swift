import Diagnosis
import Model
import Terminal
import Trace

/// Why something is wrong, where in the code, and what to do with the answer.
extension Interaction {
    /// The worst finding; asked again the next one.
    mutating func why(_ examination: Examination) {
        let findings = view.heard(examination)
        guard case .why(let shown) = view.trail.last?.content else {
            view.trail.append(Level(content: .why(findings.first), name: "Why"))
            return
        }
        guard findings.count > 1 || shown.map({ $0.id != findings.first?.id }) ?? false else {
            view.message = findings.isEmpty ? "nothing else was found" : "this is all that was found"
            return
        }
        let place = findings.firstIndex { $0.id == shown?.id }
        let next = findings.isEmpty ? nil : findings[place.map { ($0 + 1) % findings.count } ?? 0]
        view.trail[view.trail.count - 1] = Level(content: .why(next), name: "Why")
    }

    mutating func why(_ id: Finding.ID, _ state: ExaminedState) {
        guard let finding = state.examination.findings.first(where: { $0.id == id }) else { return }
        push(Level(content: .why(finding), name: "Why"))
    }

    /// Enter on a line of a text.
    mutating func openTarget(_ state: ExaminedState) {
        switch documentLine(state)?.target {
        case .entry(let number): jump(to: number, state.model)
        case .stack(let thread): show(stackOf: thread)
        case .event(let number): show(event: number, state.model, inPlace: false)
        case .sibling(let number): show(event: number, state.model, inPlace: true)
        case .object(let object): push(object: object, state.model)
        case .calls(let object): push(.object(object), name: "calls")
        case .why(let id): why(id, state)
        case .choice: break
        case nil: view.message = "there is nothing to open"
        }
    }

    /// The trace, with the cursor on an entry. Its cursor is its own: the way back leads to all panes as they were.
    private mutating func jump(to number: UInt64, _ model: ModelState) {
        guard model.trace.range.contains(number) else {
            view.message = "that call is no longer among the \(NumberText.short(UInt64(model.trace.count))) lines kept"
            return
        }
        var level = Level(content: .entry, name: "Trace")
        level.list.isFollowing = false
        level.list.cursor = .number(number)
        push(level)
    }

    // MARK: calls

    func eventLevel(_ entry: TraceEntry) -> Level {
        Level(content: .event(entry), name: entry.call?.spec.name ?? "call")
    }

    /// - Parameter inPlace: the page that is shown gives way to it.
    private mutating func show(event number: UInt64, _ model: ModelState, inPlace: Bool) {
        guard let entry = model.trace[number] else {
            view.message = "that call is no longer among the \(NumberText.short(UInt64(model.trace.count))) lines kept"
            return
        }
        if inPlace { view.trail.removeLast() }
        push(eventLevel(entry))
    }

    /// The call before or after the one shown, on the same descriptor.
    mutating func changeEvent(_ step: Int, _ model: ModelState) {
        guard case .event(let entry) = view.trail.last?.content else { return }
        guard let number = EventPane.neighbour(of: entry, step: step, in: model.trace) else {
            view.message = "no call on it \(step < 0 ? "before" : "after") this one is kept"
            return
        }
        show(event: number, model, inPlace: true)
    }

    // MARK: stacks

    mutating func stack(_ state: ExaminedState) {
        if case .stack = view.trail.last?.content { return changeThread(1, state.model) }
        guard let thread = threadUnderCursor(state) ?? longestBlocked(state.model) else {
            view.message = "no thread waits; in pane 5 b shows the stack of any thread"
            return
        }
        show(stackOf: thread)
    }

    mutating func show(stackOf thread: ThreadID) {
        push(Level(content: .stack(thread), name: "Stack"))
    }

    mutating func changeThread(_ step: Int, _ model: ModelState) {
        guard case .stack(let thread) = view.trail.last?.content else { return }
        let threads = StackPane.order(model)
        guard threads.count > 1 || threads.first.map({ $0 != thread }) ?? false else {
            view.message = "there is no other thread"
            return
        }
        let place = threads.firstIndex(of: thread) ?? 0
        let next = threads[(place + step + threads.count) % threads.count]
        view.trail[view.trail.count - 1] = Level(content: .stack(next), name: "Stack")
    }

    private func threadUnderCursor(_ state: ExaminedState) -> ThreadID? {
        switch view[list: view.focus].cursor {
        case .thread(let id): return id
        case .process(let id):
            let own = state.model.threads.filter { $0.thread.process == id && $0.thread.state == .blocked }
            return own.min { $0.thread.blockedSince < $1.thread.blockedSince }?.id
        case .number(let number) where view.focus == .trace || view.focus == .history:
            return state.model.trace[number]?.thread
        case .number(let number) where view.focus == .ready: return state.model.waits[number]?.thread
        case .finding(let id): return state.examination.findings.first { $0.id == id }?.threads.first
        case .spot: return documentLine(state)?.thread ?? view.whyFinding(state.examination)?.threads.first
        default:
            return view.focus == .why ? view.whyFinding(state.examination)?.threads.first : nil
        }
    }

    private func longestBlocked(_ model: ModelState) -> ThreadID? { WaitingThreads(model).longest?.thread }

    private func documentLine(_ state: ExaminedState) -> DocumentRows.Line? {
        var found: DocumentRows.Line?
        var copy = self
        copy.withFocus(state) { content, list, _ in
            if case .document(let document) = content.rows { found = document.line(at: list.cursor) }
        }
        return found
    }

    // MARK: muting and copying

    mutating func mute(_ state: ExaminedState) {
        let finding: Finding? =
            switch view[list: view.focus].cursor {
            case .finding(let id) where view.focus == .findings: state.examination.findings.first { $0.id == id }
            default: view.focus == .why ? view.whyFinding(state.examination) : nil
            }
        guard let finding else {
            view.message = "there is nothing to mute"
            return
        }
        if view.muted.remove(finding.id) != nil {
            view.message = "\(finding.lint.code) is heard again"
        } else {
            view.muted.insert(finding.id)
            view.message = "\(finding.lint.code) is muted: view 7 shows it, M there brings it back"
        }
    }

    /// Columns of a text that is copied.
    private static let copied = 100

    mutating func copy(_ state: ExaminedState) -> [Reaction] {
        guard let text = text(state) else { return [] }
        let count = text.reduce(0) { $1 == "\n" ? $0 + 1 : $0 }
        view.message = "\(NumberText.counted(count, "line")) copied (OSC 52)"
        return [.copy(text)]
    }

    /// Asks for the name of a file for the text. What is written is what is shown now, however long the name takes.
    mutating func startSaving(_ state: ExaminedState) {
        guard let text = text(state) else { return }
        let name = "\(Panes[view.focus].name.lowercased()).txt"
        view.prompt = .save(LineEditor(name), text: text)
    }

    /// All of the text in the focused pane; nil where there is none.
    func text(_ state: ExaminedState) -> String? {
        if view.focus == .lesson { return handIn(state) }
        let context = PaneContext(
            state, view: view, glyphs: glyphs, width: Self.copied, height: .max)
        let content = Panes[view.focus].content(context)
        guard case .document(let document) = content.rows else { return nil }
        let title = content.title + (content.note.isEmpty ? "" : "  (\(content.note))")
        let lines = content.above + document.lines + content.below
        return ([title] + lines.map(\.plain)).reduce(into: "") { $0 += $1 + "\n" }
    }

    // MARK: the culprit

    /// Panes 1 and 2 begin on what is wrong, as long as the user has not moved their cursors.
    mutating func pointAtCulprit(_ state: ExaminedState) {
        guard view.trail.isEmpty, let worst = view.heard(state.examination).first, let fd = worst.fd else { return }
        if case .item(let item) = worst.subject, view.epoll == nil,
            state.model.epolls.contains(where: { $0.id == item.epoll })
        {
            view.busiestEpoll = item.epoll
        }
        if !view[list: .fds].isMoved,
            let row = state.model.descriptors.first(where: { $0.descriptor.fd == fd && !$0.mark.isClosed })
        {
            view[list: .fds].cursor = .descriptor(row.id)
        }
        let shown = state.model.epolls.first { $0.id == view.epoll ?? view.busiestEpoll }
        if !view[list: .epoll].isMoved,
            let row = shown?.items.first(where: { $0.item.fd == fd && !$0.mark.isClosed })
        {
            view[list: .epoll].cursor = .item(row.id)
        }
    }
}

extension DocumentRows.Line {
    /// Without styles, headings between dashes.
    fileprivate var plain: String {
        guard let heading else {
            let text = text.text
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        return "-- \(heading.title) --"
    }
}
