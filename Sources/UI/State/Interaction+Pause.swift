import Diagnosis
import Model
import Trace

/// Pausing and stepping the guest. What the display shows may be frozen; these act on the guest as it is.
extension Interaction {
    mutating func pause(_ model: ModelState) -> [Reaction] {
        guard canControl(model) else { return [] }
        return [.control(model.pace == .paused ? .resume : .pause)]
    }

    /// The process under the cursor alone.
    mutating func pauseProcess(_ model: ModelState) -> [Reaction] {
        guard canControl(model) else { return [] }
        guard case .process(let id) = view[list: .processes].cursor,
            let process = model.processes.first(where: { $0.process == id }), process.state == .running
        else {
            view.message = "this process has ended"
            return []
        }
        view.message =
            process.isPausedAlone
            ? "P\(id.rawValue) runs on" : "P\(id.rawValue) is paused: s steps it, P lets it run on"
        return [.control(.setPaused(!process.isPausedAlone, id))]
    }

    mutating func runToWait(_ model: ModelState) -> [Reaction] {
        guard canControl(model) else { return [] }
        return [.control(.runToWait)]
    }

    /// Steps the thread under the cursor, or the one whose call has paused the guest, or that was stepped last, or another.
    mutating func step(_ state: ExaminedState) -> [Reaction] {
        let model = state.model
        guard canControl(model) else { return [] }
        guard model.pace == .paused || !model.pausedProcesses.isEmpty else {
            view.message = "paused: s makes a call, S runs to the next wait's return, p runs on"
            return [.control(.pause)]
        }
        let chosen = chosenThread(state)
        guard let next = model.pausedThread(preferring: chosen) else {
            view.message = "no thread is paused: all wait in their calls; p runs on"
            // Where the guest's clock stands it is given the time; else time passes anyway.
            guard let sleeper = model.nextToWake else { return [] }
            view.stepped = sleeper
            return [.control(.step(sleeper))]
        }
        if let chosen, chosen != next { view.message = "T\(chosen.rawValue) is not paused: T\(next.rawValue) steps" }
        view.stepped = next
        return [.control(.step(next))]
    }

    /// The thread that the user points at: in the list of threads, by its page, or by its process.
    private func chosenThread(_ state: ExaminedState) -> ThreadID? {
        switch view.trail.last?.content {
        case .stack(let id), .history(.thread(let id)): return id
        default: break
        }
        if view.focus == .threads, case .thread(let id) = view[list: .threads].cursor { return id }
        if view.focus == .processes, case .process(let id) = view[list: .processes].cursor {
            let paused = state.model.threads.filter { $0.thread.process == id && $0.thread.pausedAt != nil }
            if let first = paused.map(\.id).min(by: { $0.rawValue < $1.rawValue }) { return first }
        }
        return state.model.pausedBy ?? view.stepped
    }

    mutating func canControl(_ model: ModelState) -> Bool {
        if view.lesson != nil {
            view.message = "in a lesson the guest moves with the lesson: L shows it"
        } else if !view.canType {
            view.message = "there is no guest to pause"
        } else if model.guest.hasEnded {
            view.message = "the guest has ended"
        } else {
            return true
        }
        return false
    }
}

extension ModelState {
    /// The thread whose wait is over first; nil when none has a deadline.
    fileprivate var nextToWake: ThreadID? {
        let waiting = threads.filter { $0.thread.state == .blocked && $0.thread.deadline != nil }
        return waiting.min { ($0.thread.deadline ?? 0) < ($1.thread.deadline ?? 0) }?.id
    }

    /// The thread that a step is for: `chosen` when it is paused, else the first that is.
    func pausedThread(preferring chosen: ThreadID?) -> ThreadID? {
        let paused = threads.filter { $0.thread.pausedAt != nil }.map(\.id)
        return chosen.flatMap { paused.contains($0) ? $0 : nil } ?? paused.min { $0.rawValue < $1.rawValue }
    }
}
