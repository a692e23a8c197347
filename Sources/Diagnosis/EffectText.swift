import Decode
import Model
import Trace
import WasixABI

/// What a call did to others, in words.
package enum EffectText {
    /// Changes that a line names; more are counted.
    private static let named = 2

    /// `by T1  3 ready: edge 5  woke T2`: what stands beside a call in a trace. Empty where nothing changed, and for the
    /// wait that the host told of something: it reports that itself.
    package static func brief(_ changes: [ReadinessChange]) -> String {
        let made = changes.filter { $0.kind == .edge }
        let woken = changes.filter { $0.kind == .woke }
        var parts: [String] = []
        if let waker = changes.last(where: { $0.kind == .wokenBy }) { parts.append("by T\(waker.thread)") }
        if made.count > named {
            parts.append("\(made.count) ready")
        } else {
            // Of several instances that watch the same.
            let all = made.map { "\($0.fd) ready: edge \($0.edge)" }
            parts += all.dropLast(all.count == 2 && all[0] == all[1] ? 1 : 0)
        }
        if woken.count > named {
            parts.append("woke \(woken.count) threads")
        } else if !woken.isEmpty {
            parts.append("woke " + woken.map { "T\($0.thread)" }.joined(separator: " "))
        }
        return parts.joined(separator: "  ")
    }

    /// `fd 3 has something new (IN): edge 5 for epoll 5`
    /// - Parameter instance: the number of the instance, where it still has one.
    package static func whole(_ change: ReadinessChange, instance: FdNumber?) -> String {
        switch change.kind {
        case .woke: return "T\(change.thread) was woken"
        case .wokenBy: return "woken by T\(change.thread)"
        case .edge, .hostEdge:
            let events = EventText.long(EpollEvents(rawValue: change.readiness))
            let place = instance.map { " for epoll \($0.rawValue)" } ?? ""
            let by = change.kind == .hostEdge ? ", from outside" : ""
            return "fd \(change.fd) has something new (\(events)): edge \(change.edge)\(place)\(by)"
        case .passedOver: return passedOver(change)
        }
    }

    /// `7 IN (edge 18 told)`: what a wait passed over, where there is little room.
    package static func short(_ change: ReadinessChange) -> String {
        let events = EpollEvents(rawValue: change.readiness)
        let why =
            switch change.reason {
            case .edgeSpent: "edge \(change.edge) told"
            case .oneShotSpent: "one-shot off"
            case .notInMask: "not asked"
            case .reportedLevel, .reportedEdge, .notReady, nil: "no room"
            }
        return "\(change.fd) \(EventText.long(events)) (\(why))"
    }

    /// `fd 7 IN: edge 18 was reported before`
    private static func passedOver(_ change: ReadinessChange) -> String {
        let events = EpollEvents(rawValue: change.readiness)
        let what = events.isEmpty ? "" : " " + EventText.long(events)
        let why =
            switch change.reason {
            case .edgeSpent: "edge \(change.edge) was reported before"
            case .oneShotSpent: "one-shot, its report was given, no MOD since"
            case .notInMask: "its mask does not ask for that"
            case .reportedLevel, .reportedEdge, .notReady, nil: "no room left in the array"
            }
        return "fd \(change.fd)\(what): \(why)" + (change.isUncertain ? " (if it is still there)" : "")
    }
}
