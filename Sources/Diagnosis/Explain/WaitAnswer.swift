import Decode
import Trace
import WasixABI

/// Why a wait returned what it did, in one sentence.
struct WaitAnswer {
    let text: String

    /// Of a look that was kept.
    init(rows: [WaitExplanation.Row], look: WaitLook) {
        switch look.outcome {
        case .returned: text = Self.returned(rows, look)
        case .asleep: text = "It went to sleep: " + Self.nothing(rows)
        case .timedOut where look.deadline == 0: text = "Nothing, and it was not to wait: " + Self.nothing(rows)
        case .timedOut: text = "Nothing until its time was up: " + Self.nothing(rows)
        case .interrupted: text = "EINTR, a signal, and nothing to return: " + Self.nothing(rows)
        }
    }

    /// Of the wait that comes next, or that is under way.
    init(rows: [WaitExplanation.Row], isAsleep: Bool) {
        let returned = rows.filter(\.item.decision.isReported)
        if returned.isEmpty {
            text = (isAsleep ? "It sleeps on: " : "It would return nothing: ") + Self.nothing(rows)
        } else {
            let named = Self.list(returned.map(\.item.fd))
            text = isAsleep ? "It is about to return \(named)." : "It would return \(named)."
        }
    }

    private static func returned(_ rows: [WaitExplanation.Row], _ look: WaitLook) -> String {
        let missed = rows.count { $0.mark == .stopped } + max(Int(look.listed) - rows.count(where: \.isListed), 0)
        guard missed > 0 else {
            let slept = look.earlierLooks > 0 ? "It slept until there was something" : "What stood on the ready list"
            let dropped = rows.count { $0.item.decision == .dropped }
            let rest = dropped == 0 ? "" : "; \(dropped) of it had nothing any more"
            return look.earlierLooks > 0 ? slept + ", and returned that\(rest)." : slept + " was returned\(rest)."
        }
        return "The array was full: \(missed) of the ready list \(missed == 1 ? "has" : "have") to wait."
    }

    /// Why nothing is returned, the most telling reason first.
    private static func nothing(_ rows: [WaitExplanation.Row]) -> String {
        let silent = rows.filter { $0.underLevel == .returned }
        if let first = silent.first {
            let more = silent.count > 1 ? ", and \(silent.count - 1) more are silent" : ""
            return "fd \(first.item.fd.rawValue) has \(EventText.long(first.item.asked)), but \(reason(first))\(more)."
        }
        let dropped = rows.filter { $0.item.decision == .dropped }
        if let first = dropped.first {
            return "fd \(first.item.fd.rawValue) was on the ready list and had nothing any more."
        }
        if let first = rows.first(where: { $0.rule.id == .notInMask }) {
            let events = EventText.long(first.item.unasked)
            return "fd \(first.item.fd.rawValue) has \(events), which its mask does not ask for."
        }
        if rows.isEmpty { return "nothing is on the ready list." }
        return "none of \(rows.count) has what it asks for."
    }

    private static func reason(_ row: WaitExplanation.Row) -> String {
        switch row.rule.id {
        case .edgeTold: "edge \(row.item.toldEdge) was told" + place(row)
        case .oneShotSpent: "its one-shot was spent" + place(row)
        case .peerClosed: "the peer's end was told" + place(row)
        default: "it is not on the ready list"
        }
    }

    private static func place(_ row: WaitExplanation.Row) -> String {
        row.item.toldWait == 0 ? "" : " at wait \(NumberFormat.grouped(UInt64(row.item.toldWait)))"
    }

    private static func list(_ numbers: [FdNumber]) -> String {
        let shown = numbers.prefix(8).map { String($0.rawValue) }.joined(separator: " ")
        return "{\(shown)\(numbers.count > 8 ? " +\(numbers.count - 8)" : "")}"
    }
}
