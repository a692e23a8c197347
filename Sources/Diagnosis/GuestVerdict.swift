import Model
import Trace

/// The state of the guest as a whole.
package enum GuestVerdict: Sendable, Equatable {
    case running
    /// Whoever inspects it makes it stand still.
    case paused
    /// All threads wait, and something can wake them: the rest of the world, a timer.
    case idle
    /// All threads wait, and nothing outside of the guest, no timeout and no other thread can wake one of them. Since
    /// when, in CLOCK_MONOTONIC nanoseconds.
    case stalled(since: UInt64)
    /// Some threads wait for each other in a circle while others run.
    case partlyStuck(Int, of: Int, since: UInt64)
    case exited(code: UInt32)
    /// The engine's message and the guest's stack, innermost first.
    case trapped(message: String, stack: [String])
    case signalled(signal: UInt8)

    /// Nanoseconds that a standstill must have lasted: threads that hand work to each other are all asleep for a
    /// moment.
    package static let hold: UInt64 = 1_000_000_000
    /// The same where who holds a lock is a guess.
    package static let doubtfulHold: UInt64 = 3_000_000_000

    package init(_ model: ModelState, _ graph: WaitGraph) {
        switch model.guest {
        case .exited(let code): self = .exited(code: code)
        case .trapped(let message, let stack): self = .trapped(message: message, stack: stack)
        case .signalled(let signal): self = .signalled(signal: signal)
        case .running: self = model.standsStill ? .paused : Self.alive(model, graph)
        }
    }

    private static func alive(_ model: ModelState, _ graph: WaitGraph) -> GuestVerdict {
        if let since = graph.standstillSince { return hasHeld(since, model) ? .stalled(since: since) : .running }
        let circles = graph.cycles.flatMap { $0 }
        if !circles.isEmpty {
            let nodes = circles.compactMap { graph.nodes[$0] }
            let since = nodes.map(\.thread.blockedSince).max() ?? model.now
            let isCertain = nodes.allSatisfy { $0.sources.allSatisfy(\.isKnown) }
            if model.now >= since &+ (isCertain ? hold : doubtfulHold) {
                let stuck = graph.stuck.union(circles)
                return .partlyStuck(stuck.count, of: graph.alive, since: since)
            }
        }
        guard graph.alive > 0, graph.nodes.count == graph.alive,
            let latest = graph.nodes.values.map(\.thread.blockedSince).max(), hasHeld(latest, model)
        else { return .running }
        return .idle
    }

    private static func hasHeld(_ since: UInt64, _ model: ModelState) -> Bool { model.now >= since &+ hold }

    /// `RUN`, `PAUSED`, `IDLE`, `STALLED`, `2 of 3 STUCK`, `EXITED 3`, `TRAPPED`, `SIGNAL 9`.
    package var word: String {
        switch self {
        case .running: "RUN"
        case .paused: "PAUSED"
        case .idle: "IDLE"
        case .stalled: "STALLED"
        case .partlyStuck(let count, let all, _): "\(count) of \(all) STUCK"
        case .exited(let code): "EXITED \(code)"
        case .trapped: "TRAPPED"
        case .signalled(let signal): "SIGNAL \(signal)"
        }
    }

    /// Since when threads are stuck; nil while nothing is.
    package var stuckSince: UInt64? {
        switch self {
        case .stalled(let since), .partlyStuck(_, _, let since): since
        case .running, .paused, .idle, .exited, .trapped, .signalled: nil
        }
    }

    package var tone: Tone {
        switch self {
        case .running: .plain
        case .idle: .faint
        case .exited(let code): code == 0 ? .good : .trouble
        case .paused, .stalled, .partlyStuck: .attention
        case .trapped, .signalled: .trouble
        }
    }
}
