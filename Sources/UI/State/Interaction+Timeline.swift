import Decode
import Diagnosis
import Model
import Trace

/// Moving in a timeline.
extension Interaction {
    private var timelineColumns: Int { TimelineDocument.columns(size.columns - 2) }

    private var timeline: TimelinePlace? {
        get { if case .timeline(let place) = view.trail.last?.content { place } else { nil } }
        set {
            guard let newValue, case .timeline = view.trail.last?.content else { return }
            view.trail[view.trail.count - 1].content = .timeline(newValue)
        }
    }

    /// The timeline of what is under the cursor: at that call, or now.
    mutating func openTimeline(_ state: ExaminedState) {
        guard timeline == nil else { return back() }
        let (object, instant) = pointed(state)
        let items = state.model.epolls.filter { !$0.mark.isClosed }.flatMap(\.items).filter { !$0.mark.isClosed }
        let subject: ItemRow.ID? =
            if case .item(let id) = view[list: view.focus].cursor { id } else if let object {
                (items.first { $0.id.object == object } ?? items.first { $0.id.epoll == object })?.id
            } else { nil }
        let chosen = subject ?? worstItem(state) ?? items.max { $0.item.edges < $1.item.edges }?.id
        let place = TimelinePlace(chosen.map { [$0] } ?? [], at: instant, columns: timelineColumns)
        push(Level(content: .timeline(place), name: "Timeline"))
    }

    /// The description and the instant that the cursor points at.
    private func pointed(_ state: ExaminedState) -> (ObjectID?, UInt64?) {
        func of(_ entry: TraceEntry?) -> (ObjectID?, UInt64?) {
            guard let entry, entry.kind == .call else { return (nil, nil) }
            let object = ObjectID(rawValue: entry.record.objects.0)
            return (object == .none ? nil : object, state.model.time.monotonic(entry.moment))
        }
        switch view.trail.last?.content {
        case .event(let entry): return of(entry)
        case .object(let object): return (object, nil)
        case .why(let finding):
            guard let finding else { return (nil, nil) }
            if case .item(let id) = finding.subject { return (id.object, finding.since) }
            return (nil, finding.since)
        default: break
        }
        let list = view[list: view.focus]
        switch list.cursor {
        case .descriptor(let id): return (id.object, nil)
        case .number(let number) where !list.isFollowing:
            return of(view.focus == .ready ? state.model.waits[number] : state.model.trace[number])
        default: return (nil, nil)
        }
    }

    private func worstItem(_ state: ExaminedState) -> ItemRow.ID? {
        for finding in view.heard(state.examination) { if case .item(let id) = finding.subject { return id } }
        return nil
    }

    /// What keys that move elsewhere do here.
    /// - Returns: false for a request that has nothing to do with time.
    mutating func moveInTime(_ request: Request, _ model: ModelState) -> Bool {
        switch request {
        case .left: move(columns: -1, model)
        case .right: move(columns: 1, model)
        case .pageUp: move(columns: -timelineColumns / 4, model)
        case .pageDown: move(columns: timelineColumns / 4, model)
        case .first: moveToOldest(model)
        case .last, .follow: timeline?.follow()
        default: return false
        }
        return true
    }

    private mutating func move(columns: Int, _ model: ModelState) {
        let width = timelineColumns
        timeline?.move(columns: columns, model.now, columns: width)
    }

    private mutating func moveToOldest(_ model: ModelState) {
        guard let entry = model.trace[model.trace.range.lowerBound] else { return }
        let width = timelineColumns
        timeline?.move(to: model.time.monotonic(entry.moment), model.now, columns: width)
    }

    mutating func zoomTimeline(_ step: Int, _ model: ModelState) {
        let width = timelineColumns
        if timeline?.zoom(step, model.now, columns: width) == false {
            view.message = step > 0 ? "this is the finest scale" : "this is the coarsest scale"
        }
    }

    mutating func markTimeline(_ model: ModelState) {
        guard let place = timeline else { return }
        timeline?.mark = place.mark == nil ? place.cursor ?? model.now : nil
        view.message = place.mark == nil ? "marked: times are told from here; m takes it back" : "no mark"
    }

    /// A second registration beside the first: the next one with each key, then none.
    mutating func compareTimeline(_ model: ModelState) {
        guard let place = timeline, let first = place.subjects.first else {
            view.message = "there is no registration to compare"
            return
        }
        let others = model.epolls.flatMap(\.items).map(\.id).filter { $0 != first }
        let shown = place.subjects.dropFirst().first
        let next = shown.flatMap { others.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        timeline?.subjects = [first] + (next < others.count ? [others[next]] : [])
        if others.isEmpty { view.message = "there is no other registration" }
    }

    /// To the next call that made an edge of what is followed, or told one.
    mutating func seekEdge(_ step: Int, _ model: ModelState) {
        guard let place = timeline else { return }
        let history = model.trace
        let time = model.time
        let cursor = place.cursor ?? model.now
        let width = timelineColumns
        // The call that the cursor stands on is neither the one before nor the one after.
        var number =
            step > 0
            ? TimelineWindow.first(in: history, from: cursor &+ 1, time)
            : TimelineWindow.first(in: history, from: cursor, time)
        while step > 0 ? number < history.range.upperBound : number > history.range.lowerBound {
            let candidate = step > 0 ? number : number - 1
            number = step > 0 ? number + 1 : number - 1
            guard let entry = history[candidate], TimelineDocument.isTurn(entry, place.subjects) else { continue }
            timeline?.move(to: time.monotonic(entry.moment), model.now, columns: width)
            return
        }
        view.message = "no edge \(step > 0 ? "after" : "before") this one is kept"
    }
}
