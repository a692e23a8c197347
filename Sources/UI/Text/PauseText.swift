import Diagnosis
import Model
import Terminal
import Trace

/// What a paused guest is about to do: ` T2 is about to call fd_write  s step  S to next wait  p run on`.
struct PauseText {
    private let model: ModelState
    private let next: ThreadRow?
    private let isLesson: Bool

    init(_ model: ModelState, _ view: ViewState) {
        self.model = model
        isLesson = view.lesson != nil
        let id = model.pausedThread(preferring: model.pausedBy ?? view.stepped)
        next = model.threads.first { $0.id == id }
    }

    func line(_ width: Int) -> StyledLine {
        var line = StyledLine(" " + state, Style(.attention))
        if let alone { line = StyledLine(" \(alone) paused:", Style(.attention)).adding(line) }
        line.add(StyledLine("  " + keys, Style(.faint)), ifFits: width)
        return line
    }

    /// `P2`, `P2 P3`; nil where the whole guest is paused.
    private var alone: String? {
        guard model.pace != .paused else { return nil }
        return model.pausedProcesses.map { "P\($0.rawValue)" }.joined(separator: " ")
    }

    private var state: String {
        let threads = WaitingThreads(model)
        guard let next else {
            if alone != nil { return "no thread stands before a call" }
            return threads.waiting == threads.alive
                ? "paused: all threads wait in their calls" : "pausing: a thread runs to its next call"
        }
        let name = "T\(next.id.rawValue)"
        return switch next.thread.pausedAt {
        case .beforeCall: "\(name) is about to call \(next.thread.call?.spec.name ?? "")"
        case .insideCode: "\(name) computes"
        default: "\(name) is back from a call"
        }
    }

    private var keys: String {
        if isLesson { return "L lesson" }
        if alone != nil { return next == nil ? "P in view 9 run on" : "s step  P in view 9 run on" }
        return next == nil ? "p run on" : "s step  S to next wait  p run on"
    }
}
