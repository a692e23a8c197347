import Decode
import Diagnosis
import Export
import Model
import Terminal
import Trace

/// The inspector's event loop: keys first, then what is new, drawn at most ten times a second.
///
/// Belongs to the thread that makes it; that thread must not block the signals `TerminalGuard` handles.
package final class App {
    /// Nanoseconds between two frames that are not drawn because of a key.
    private static let frameInterval: UInt64 = 100_000_000
    /// The same while the guest is paused: whoever steps it sees each call at once.
    private static let pausedInterval: UInt64 = 10_000_000
    /// The same while nothing changes but the time.
    private static let quietInterval: UInt64 = 500_000_000

    /// Why the screen's loop is over.
    package enum End: Sendable {
        /// The user left, or the terminal is gone.
        case quit
        /// The guest is to start anew with these arguments.
        case restart([String])
        case lesson(String)
    }

    private let screen: NcursesScreen
    private let examiner: LiveExaminer
    private let control: (any GuestControl)?
    private let onControl: () -> Void
    private var input: TerminalInput
    private var interaction: Interaction
    private var lastFrame: UInt64 = 0
    /// Set by what ends the loop.
    private var end: End?
    private var state = ExaminedState()

    /// - Parameters:
    ///   - view: what is shown first.
    ///   - control: what acts on the guest; nil where there is none to act on.
    ///   - examiner: has the newest state; whoever gives it states rings `screen.bell` for each.
    ///   - onControl: called after each request to the guest, which may make it stand still or go on.
    package init(
        screen: NcursesScreen, view: ViewState, control: (any GuestControl)?, examiner: LiveExaminer,
        onControl: @escaping () -> Void
    ) {
        self.screen = screen
        self.examiner = examiner
        self.control = control
        self.onControl = onControl
        input = TerminalInput(screen)
        interaction = Interaction(view: view, size: screen.size, glyphs: screen.glyphs)
    }

    /// The lesson under way, as far as it is.
    package var lesson: LessonView? { interaction.view.lesson }

    /// Runs until the user leaves this guest or the terminal is gone.
    package func run() -> End {
        draw()
        var deadline: UInt64?
        while true {
            switch input.next(deadline: deadline) {
            case .key(let key):
                for reaction in interaction.handle(key, state, at: TerminalInput.now()) { perform(reaction) }
                // Drawn as soon as all keys that have arrived are handled; but a flood of keys does not keep the screen
                // from being drawn.
                deadline = TerminalInput.now() > lastFrame + Self.frameInterval ? nil : 0
                if deadline == nil { draw() }
            case .rung:
                let interval =
                    interaction.isHurried
                    ? Self.pausedInterval : Self.interval(examiner.latest.model, since: state.model)
                deadline = min(deadline ?? .max, max(TerminalInput.now(), lastFrame + interval))
            case .deadline:
                deadline = nil
                draw()
            case .resized, .continued:
                screen.adoptSize()
                draw()
            case .suspend:
                screen.suspend()
                draw()
            case .hangup:
                return .quit
            }
            if let end { return end }
        }
    }

    private func perform(_ reaction: Reaction) {
        switch reaction {
        case .quit: end = end ?? .quit
        case .restart(let arguments): end = end ?? .restart(arguments)
        case .start(let lesson): end = end ?? .lesson(lesson)
        case .suspend: screen.suspend()
        case .redraw: screen.redrawAll()
        case .copy(let text): screen.copy(text)
        case .save(let text, let name): interaction.view.message = TextFile.write(text, to: name)
        case .control(let request):
            perform(request)
            onControl()
        case .input(let bytes): control?.sendInput(bytes)
        case .endInput: control?.closeInput()
        }
    }

    private func perform(_ request: ControlRequest) {
        switch request {
        case .pause: control?.pause()
        case .resume: control?.resume()
        case .setPaused(let isPaused, let process): control?.setPaused(isPaused, of: process)
        case .step(let thread): control?.step(thread)
        case .runToWait: control?.runToWait()
        case .runUntil(let filter):
            if let condition = condition(filter) { control?.run(until: condition) }
        case .setBreak(let text):
            let standing = text.flatMap { try? GuestBreak(parsing: $0, state.model.time) }
            control?.setBreak(standing?.condition)
            examiner.setBreak(standing?.findings)
        case .explain(let instance): control?.explain(instance)
        case .act(let action):
            guard let control else { return }
            switch control.act(action) {
            case .done: interaction.view.message = "done: " + WhatIfText.brief(action)
            case .refused(let why): interaction.view.message = "not done: " + why
            }
        }
    }

    private func condition(_ filter: String) -> BreakCondition? {
        try? Filter(parsing: filter).breakCondition(state.model.time)
    }

    private static func interval(_ model: ModelState, since earlier: ModelState) -> UInt64 {
        if model.isQuiet(since: earlier) { return quietInterval }
        return model.pace == .paused ? pausedInterval : frameInterval
    }

    private func draw() {
        state = examiner.latest
        for reaction in interaction.advance(state) { perform(reaction) }
        interaction.size = screen.size
        screen.show(interaction.frame(state))
        lastFrame = TerminalInput.now()
    }
}

extension ModelState {
    /// Whether nothing has happened since `earlier` that should be shown at once.
    fileprivate func isQuiet(since earlier: ModelState) -> Bool {
        totalCalls == earlier.totalCalls && guest == earlier.guest && output.totalBytes == earlier.output.totalBytes
            && descriptors.count == earlier.descriptors.count && threads.count == earlier.threads.count
            && pace == earlier.pace && histories.count == earlier.histories.count
            && interventions == earlier.interventions
            && threads.elementsEqual(earlier.threads) { $0.thread.pausedAt == $1.thread.pausedAt }
    }
}
