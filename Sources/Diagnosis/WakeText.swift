import Decode
import Trace

/// Who could end a wait, in words.
extension WaitGraph {
    /// Threads that are named; more are counted.
    private static let mostNamed = 3

    /// `only T3, which is asleep`, `nobody`, `a timer in 3.2s`, `the outside: fd 3 tcp 10.0.0.2:80`; nil of a thread that
    /// does not wait.
    package func whoCanWake(_ id: ThreadID, at now: UInt64) -> String? {
        guard let node = nodes[id] else { return nil }
        let isKnown = node.sources.allSatisfy(\.isKnown)
        switch node.end {
        case .nobody: return "nobody"
        case .timer(let deadline): return "a timer in \(Self.left(deadline, now))"
        case .outside(let name): return "the outside: \(name)"
        case .stuck(let wakers):
            let sleeps = wakers.count == 1 ? "which is asleep" : "all asleep"
            return "\(isKnown ? "only" : likely(wakers)) \(Self.names(wakers)), \(sleeps)"
        case .threads(let wakers):
            guard wakers.count == 1 else { return (isKnown ? "" : "likely ") + Self.names(wakers) }
            let does = nodes[wakers[0]] == nil ? "which runs" : "which waits, too"
            return (isKnown ? "" : "likely ") + "T\(wakers[0].rawValue), \(does)"
        }
    }

    /// The same for a column: `T3, asleep`, `nobody`, `timer 3.2s`, `fd 3 tcp 10.0.0.2:80`.
    package func whoCanWakeInShort(_ id: ThreadID, at now: UInt64) -> String? {
        guard let node = nodes[id] else { return nil }
        let doubt = node.sources.allSatisfy(\.isKnown) ? "" : "likely "
        return switch node.end {
        case .nobody: "nobody"
        case .timer(let deadline): "timer \(Self.left(deadline, now))"
        case .outside(let name): name
        case .stuck(let wakers): "\(doubt)\(Self.names(wakers)), asleep"
        case .threads(let wakers): doubt + Self.names(wakers)
        }
    }

    /// Attention where no end is in sight.
    package func tone(of id: ThreadID) -> Tone {
        switch nodes[id]?.end {
        case .nobody, .stuck: .attention
        case .threads: .plain
        case .timer, .outside, nil: .faint
        }
    }

    private func likely(_ wakers: [ThreadID]) -> String { wakers.count == 1 ? "likely" : "likely one of" }

    private static func names(_ threads: [ThreadID]) -> String {
        guard threads.count <= mostNamed else { return "\(threads.count) threads" }
        let names = threads.map { "T\($0.rawValue)" }
        return names.count < 2
            ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
    }

    private static func left(_ deadline: UInt64, _ now: UInt64) -> String {
        DurationFormat.short(deadline > now ? deadline - now : 0)
    }
}
