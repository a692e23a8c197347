import Decode
import Trace
import WasixABI

/// What a wait did with an item, in a few words.
package struct DecisionText: Sendable {
    package enum Mark: Sendable, Equatable {
        case returned, stopped, passed
    }

    /// The most events that the wait returns.
    let limit: UInt32
    /// Waits in a row, this one included, that did not reach the item.
    var turnsMissed = 0
    /// The wait is still to come.
    var isForecast = false

    static func mark(_ decision: ItemDecision) -> Mark {
        if decision.isReported { return .returned }
        return decision == .notReached ? .stopped : .passed
    }

    /// At most some 36 columns.
    func text(_ item: LookedItem) -> String {
        (item.isGhost ? "ghost: " : "") + plain(item)
    }

    private func plain(_ item: LookedItem) -> String {
        switch item.decision {
        case .requeued: returned(item.hasNewEdge ? "edge \(item.edge) is new" : "still ready")
        case .reported: returned(item.hasNewEdge ? "edge \(item.edge) is new" : "listed anew")
        case .disarmed: isForecast ? "returned: then off until MOD" : "returned: one-shot, off until MOD"
        case .notReached: notReached
        case .dropped: item.hasNewEdge ? "what edge \(item.edge) brought is gone" : "dropped: ready no more"
        case .notListed: unlisted(item)
        }
    }

    private func returned(_ why: String) -> String { "returned: \(why)" }

    private var notReached: String {
        guard turnsMissed > 1, !isForecast else { return "not reached: max is \(limit)" }
        return "not reached, \(Self.ordinal(turnsMissed)) wait in a row"
    }

    private func unlisted(_ item: LookedItem) -> String {
        if !item.isArmed { return "one-shot spent" + place(item) }
        if !item.asked.isEmpty {
            if item.isPeerGone { return "peer gone: told" + place(item) }
            if item.isEdge { return "edge \(item.toldEdge) was told" + place(item) }
            return item.isUncertain ? "no news of it from the host" : "not ready"
        }
        if !item.isUncertain, !item.unasked.isEmpty {
            return "the mask does not ask for \(EventText.long(item.unasked))"
        }
        return item.isEdge && item.edge != 0 ? "drained: nothing to tell" : "not ready"
    }

    /// ` at wait 9,120`
    private func place(_ item: LookedItem) -> String {
        item.toldWait == 0 ? "" : " at wait \(NumberFormat.grouped(UInt64(item.toldWait)))"
    }

    static func ordinal(_ number: Int) -> String {
        let isTeen = (11...13).contains(number % 100)
        let ending = isTeen ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
        return "\(number)\(ending)"
    }
}
