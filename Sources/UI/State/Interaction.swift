import Diagnosis
import Model
import Terminal

/// Turns keys into changes of the view state. Knows the screen's size, because a page is as long as its pane.
package struct Interaction {
    package var view: ViewState
    package var size: Size
    package var glyphs: Glyphs
    /// One for each stream pane whose lines are costly to format.
    private let memories: [Pane: FilterMemory] = [.trace: FilterMemory(), .history: FilterMemory()]

    package init(view: ViewState, size: Size, glyphs: Glyphs) {
        self.view = view
        self.size = size
        self.glyphs = glyphs
    }

    /// Handles one key; answers what is left for the event loop to do.
    /// - Parameter time: when it was pressed, in nanoseconds of any monotonic clock.
    package mutating func handle(_ key: Key, _ live: ExaminedState, at time: UInt64) -> [Reaction] {
        let before = view.explainedInstance
        var reactions = respond(to: key, live, at: time)
        let explained = view.explainedInstance
        if explained != before { reactions.append(.control(.explain(explained))) }
        return reactions
    }

    private mutating func respond(to key: Key, _ live: ExaminedState, at time: UInt64) -> [Reaction] {
        view.message = ""
        if let prompt = view.prompt { return handle(key, prompt, live) }
        if view.help != nil { return handleHelp(key, live) }
        let key = functionKey(for: key, at: time)
        guard let request = Keymap.request(key, in: view.focus) else {
            view.message = Keymap.whyNothing(key, in: view.focus)
            return []
        }
        if request == .choose, case .character(let digit) = key { return choose(Int(digit.value) - 0x31) }
        let reactions = perform(request, live)
        if case .nothingToLeave = view.escape { view.escape = .open(until: time &+ Self.escapePatience) }
        return reactions
    }

    /// How long after Esc a digit is a function key, in nanoseconds.
    private static let escapePatience: UInt64 = 1_000_000_000

    /// After an Esc that had nothing to leave a digit stands for a function key, for a moment.
    private mutating func functionKey(for key: Key, at time: UInt64) -> Key {
        defer { view.escape = .closed }
        guard case .open(let end) = view.escape, time < end, case .character(let digit) = key,
            ("0"..."9").contains(digit)
        else { return key }
        let function = Key.function(digit == "0" ? 10 : Int(digit.value - 0x30))
        return Keymap.request(function, in: view.focus) == nil ? key : function
    }

    /// Moves cursors to rows that exist and scrolls to them, then draws.
    package mutating func frame(_ live: ExaminedState) -> Canvas {
        let contents = settle(live)
        return MainScreen.draw(live, view, size: size, glyphs: glyphs) { contents[$0.pane] }
    }

    /// - Returns: the content of the panes in view, which does not depend on cursors: it need not be made twice.
    @discardableResult
    mutating func settle(_ live: ExaminedState) -> [Pane: PaneContent] {
        settleExplained(live)
        let state = view.frozen ?? live
        let model = state.model
        view.refresh(state.examination)
        view.busiestEpoll = EpollPane.busiest(model, after: view.busiestEpoll)
        pointAtCulprit(state)
        var contents: [Pane: PaneContent] = [:]
        for place in layout(state).panes {
            if view[list: place.pane].heldOrder?.isOver(at: model.now) ?? false {
                view[list: place.pane].heldOrder = nil
            }
            let content = Panes[place.pane].content(context(place, state))
            content.settle(&view[list: place.pane], height: place.content.height)
            hold(place.pane, content, at: model.now)
            contents[place.pane] = content
        }
        return contents
    }

    /// Keeps the order of a table that would change with every frame.
    private mutating func hold(_ pane: Pane, _ content: PaneContent, at now: UInt64) {
        guard case .table(let table) = content.rows, view[list: pane].heldOrder == nil,
            !(Panes[pane].traits?.isSteady(view[list: pane]) ?? true)
        else { return }
        var ranks: [RowID: Int] = [:]
        for row in 0..<table.count { ranks[table.id(row)] = row }
        view[list: pane].heldOrder = HeldOrder(ranks: ranks, since: now)
    }

    mutating func perform(_ request: Request, _ live: ExaminedState) -> [Reaction] {
        let state = view.frozen ?? live
        let model = state.model
        if view.focus == .timeline, moveInTime(request, model) { return [] }
        switch request {
        case .up: move(.lines(-1), state)
        case .down: move(.lines(1), state)
        case .pageUp: move(.pages(-1), state)
        case .pageDown: move(.pages(1), state)
        case .halfUp: move(.halfPages(-1), state)
        case .halfDown: move(.halfPages(1), state)
        case .first: move(.first, state)
        case .last: move(.last, state)
        case .left: view[list: view.focus].offset = max(view[list: view.focus].offset - 8, 0)
        case .right: view[list: view.focus].offset = min(view[list: view.focus].offset + 8, 4096)
        case .focus(let pane): focus(pane, model)
        case .nextPane: cyclePane(1)
        case .previousPane: cyclePane(-1)
        case .zoom: view.isZoomed.toggle()
        case .open where view.focus == .lesson: return enterLesson(state)
        case .open: open(state)
        case .back: back()
        case .search: view.prompt = .search(LineEditor(), before: view[list: view.focus])
        case .filter: view.prompt = .filter(FilterLine(view[list: view.focus].filter, in: view.focus))
        case .searchNext: find(forward: true, state)
        case .searchPrevious: find(forward: false, state)
        case .nextSort: changeSort(1)
        case .previousSort: changeSort(-1)
        case .invert:
            view[list: view.focus].isInverted.toggle()
            view[list: view.focus].heldOrder = nil
        case .freeze: view.frozen = view.frozen == nil ? live : nil
        case .follow: toggleFollow(model)
        case .wrap: view.wraps.toggle()
        case .fold:
            view.folds.toggle()
            view.message = view.folds ? "clock_time_get and its like are folded" : "every call has its line"
        case .clear:
            view.clearedBefore = model.trace.total
            view.message = "cleared; Esc brings the lines back"
        case .explain: explain(state)
        case .previousWait: changeWait(-1, model)
        case .nextWait: changeWait(1, model)
        case .whatIf(let number): whatIf(number, live)
        case .why: why(state.examination)
        case .stack: stack(state)
        case .nextThread: changeThread(1, model)
        case .previousThread: changeThread(-1, model)
        case .nextEvent: changeEvent(1, model)
        case .previousEvent: changeEvent(-1, model)
        case .timeline: openTimeline(state)
        case .zoomIn: zoomTimeline(1, model)
        case .zoomOut: zoomTimeline(-1, model)
        case .nextEdge: seekEdge(1, model)
        case .previousEdge: seekEdge(-1, model)
        case .mark: markTimeline(model)
        case .compare: compareTimeline(model)
        case .mute: mute(state)
        case .copy: return copy(state)
        case .save: startSaving(state)
        case .everything: view.isWhole.toggle()
        case .type: startTyping(model)
        case .pause: return pause(live.model)
        case .step: return step(live)
        case .pauseProcess: return pauseProcess(live.model)
        case .runToWait: return runToWait(live.model)
        case .commandLine: view.prompt = .command(CommandLine())
        case .lesson: showLesson(state)
        case .goOn: return goOn()
        case .choose: view.message = "press the digit of an answer"
        case .help: view.help = ViewState.Help()
        case .bar: view.showsBar.toggle()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit: return quit(live)
        case .quitNow: return [.quit]
        }
        return []
    }

    private mutating func move(_ movement: Movement, _ state: ExaminedState) {
        withFocus(state) { content, list, height in content.move(&list, movement, height: height) }
        view[list: view.focus].isMoved = true
        chooseEpoll(state.model)
    }

    mutating func find(forward: Bool, _ state: ExaminedState) {
        let matcher = TextMatcher(view[list: view.focus].search)
        guard !matcher.isEmpty else {
            view.message = "nothing was searched for yet: / searches"
            return
        }
        var outcome = SearchOutcome.notFound
        withFocus(state) { content, list, height in
            outcome = content.find(matcher, &list, forward: forward, height: height)
        }
        switch outcome {
        case .found: view[list: view.focus].isMoved = true
        case .wrapped:
            view[list: view.focus].isMoved = true
            view.message = "search went on at the other end"
        case .notFound: view.message = "not found: \(view[list: view.focus].search)"
        case .gaveUp(let lines):
            view.message = "not found in \(NumberText.grouped(UInt64(lines))) lines; n goes on from here"
        }
        chooseEpoll(state.model)
    }

    /// Pane 2 shows the epoll instance that pane 1's cursor is on.
    private mutating func chooseEpoll(_ model: ModelState) {
        guard view.focus == .fds, case .descriptor(let id) = view[list: .fds].cursor else { return }
        if model.epolls.contains(where: { $0.id == id.object }) { view.epoll = id.object }
    }

    mutating func withFocus(_ state: ExaminedState, _ body: (PaneContent, inout ListState, Int) -> Void) {
        let pane = view.focus
        guard let place = layout(state).panes.first(where: { $0.pane == pane }) else { return }
        let content = Panes[pane].content(context(place, state))
        body(content, &view[list: pane], place.content.height)
    }

    private func layout(_ state: ExaminedState) -> Layout {
        Layout(view: view, size: size, glyphs: glyphs, hasFinding: !view.heard(state.examination).isEmpty)
    }

    private func context(_ place: Layout.Place, _ state: ExaminedState) -> PaneContext {
        PaneContext(
            state, view: view, glyphs: glyphs, width: place.content.width, height: place.content.height,
            memory: memories[place.pane])
    }
}
