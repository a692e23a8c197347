import Diagnosis
import Model
import Trace
import WasixABI

/// Explaining waits for events, and trying what would have changed them.
extension Interaction {
    /// `e`: the wait, the item, the instance or the thread under the cursor.
    mutating func explain(_ state: ExaminedState) {
        if view.explained != nil { return showNextWait() }
        guard let (wait, item) = explainable(state) else {
            if view.message.isEmpty {
                view.message =
                    "e explains waits for events: use it on a wait, an item or a thread that waits"
            }
            return
        }
        var level = Level(content: .explain(wait), name: "Explain")
        level.list.cursor = item.map { .item($0) }
        push(level)
    }

    /// Again: the wait that is under way.
    private mutating func showNextWait() {
        guard var wait = view.explained else { return }
        wait.place = .next
        show(wait)
    }

    private mutating func show(_ wait: ExplainedWait) { view.trail[view.trail.count - 1].content = .explain(wait) }

    /// The wait before or after the one that is shown.
    mutating func changeWait(_ step: Int, _ model: ModelState) {
        guard var wait = view.explained else { return }
        guard model.histories[wait.instance] != nil else {
            wait.stepsAhead += step
            return show(wait)
        }
        guard let other = wait.neighbour(step, in: model.histories[wait.instance]) else {
            view.message = step < 0 ? "no wait before this one is kept" : "this is the wait that comes next"
            return
        }
        show(other)
    }

    /// Brings what was kept of waits up to date: a call that was asked for is found in it, and a frozen display gets what had
    /// been kept until it was frozen.
    mutating func settleExplained(_ live: ExaminedState) {
        guard let wait = view.explained else { return }
        if let frozen = view.frozen, frozen.model.histories[wait.instance] == nil,
            let history = live.model.histories[wait.instance],
            let row = frozen.model.epolls.first(where: { $0.id == wait.instance })
        {
            view.frozen?.model.histories[wait.instance] = history.upTo(waits: row.epoll.waits)
        }
        let model = (view.frozen ?? live).model
        defer { makeStepsAhead(model) }
        if case .call = wait.place, let look = wait.look(in: model.histories[wait.instance]) {
            var found = wait
            found.place = .look(look.sequence)
            show(found)
        }
    }

    /// Goes where the user wanted to go while nothing was known of the waits yet.
    private mutating func makeStepsAhead(_ model: ModelState) {
        guard var wait = view.explained, wait.stepsAhead != 0, model.histories[wait.instance] != nil else { return }
        let steps = wait.stepsAhead
        wait.stepsAhead = 0
        show(wait)
        for _ in 0..<abs(steps) { changeWait(steps.signum(), model) }
    }

    // MARK: what is under the cursor

    private mutating func explainable(_ state: ExaminedState) -> (ExplainedWait, ItemRow.ID?)? {
        let model = state.model
        switch view.trail.last?.content {
        case .event(let entry): return explainable(entry, model)
        case .object(let object): return watcher(of: object, model)
        case .stack(let thread): return explainable(thread, model)
        case .why: return view.whyFinding(state.examination).flatMap { explainable($0, model) }
        default: break
        }
        switch view[list: view.focus].cursor {
        case .item(let id): return (ExplainedWait(id.epoll), id)
        case .descriptor(let id): return watcher(of: id.object, model)
        case .thread(let id): return explainable(id, model)
        case .finding(let id):
            return state.examination.findings.first { $0.id == id }.flatMap { explainable($0, model) }
        case .number(let number) where [.trace, .history, .ready].contains(view.focus):
            let history = view.focus == .ready ? model.waits : model.trace
            return history[number].flatMap { explainable($0, model) }
        default: break
        }
        guard view.focus == .epoll, let instance = view.epoll ?? view.busiestEpoll ?? model.epolls.first?.id else {
            return nil
        }
        return (ExplainedWait(instance), nil)
    }

    private mutating func explainable(_ entry: TraceEntry, _ model: ModelState) -> (ExplainedWait, ItemRow.ID?)? {
        if let wait = ExplainedWait(entry) { return (wait, nil) }
        if entry.call == .pollOneoff {
            view.message = "poll_oneoff asks each of its subscriptions: it has no ready list to explain"
            return nil
        }
        // A call that has nothing to do with waiting stands for its thread.
        return watcher(of: ObjectID(rawValue: entry.record.objects.0), model) ?? explainable(entry.thread, model)
    }

    private func explainable(_ finding: Finding, _ model: ModelState) -> (ExplainedWait, ItemRow.ID?)? {
        if case .item(let id) = finding.subject { return (ExplainedWait(id.epoll), id) }
        return finding.threads.lazy.compactMap { explainable($0, model) }.first
    }

    /// The wait that a thread is in, else its last one.
    private func explainable(_ id: ThreadID, _ model: ModelState) -> (ExplainedWait, ItemRow.ID?)? {
        if let row = model.threads.first(where: { $0.id == id }), row.thread.call == .epollWait,
            row.thread.objects.0 != .none
        {
            return (ExplainedWait(row.thread.objects.0), nil)
        }
        for number in model.waits.range.reversed() {
            if let entry = model.waits[number], entry.thread == id, let wait = ExplainedWait(entry) {
                return (wait, nil)
            }
        }
        return nil
    }

    /// The instance that a description is, or the first that watches it.
    private func watcher(of object: ObjectID, _ model: ModelState) -> (ExplainedWait, ItemRow.ID?)? {
        let open = model.epolls.filter { !$0.mark.isClosed }
        if open.contains(where: { $0.id == object }) { return (ExplainedWait(object), nil) }
        for instance in open {
            let item = instance.items.first { $0.id.object == object && !$0.mark.isClosed }
            if let item { return (ExplainedWait(instance.id), item.id) }
        }
        return nil
    }

    // MARK: what if

    /// Asks before anything is changed. The display may be frozen; the guest is changed as it is.
    mutating func whatIf(_ number: Int, _ live: ExaminedState) {
        guard let wait = view.explained, canControl(live.model) else { return }
        let scene = ExplainScene(wait, (view.frozen ?? live).model)
        guard let offer = scene.offers(view[list: .explain].cursor).first(where: { $0.number == number }) else {
            view.message = "there is nothing to try under \(number)"
            return
        }
        switch offer.effect {
        case .change(let action, let question): view.prompt = .confirmWhatIf(action, question)
        case .said(let text), .impossible(let text): view.message = text
        }
    }
}
