import Terminal
import Trace
import WasixABI

/// What an interest item's reason code means, in words.
enum ItemState {
    static func span(_ item: ItemSnapshot, isShort: Bool) -> Span {
        let text = isShort ? short(item) : long(item)
        let role: Role =
            if isSilenced(item) || item.isGhost { .attention } else if isReported(item) { .good } else { .faint }
        return Span(text, Style(role))
    }

    /// Something that was asked for is there, yet no wait reports it. Room to write alone is no loss: whoever has
    /// nothing to write need not hear of it again.
    static func isSilenced(_ item: ItemSnapshot) -> Bool {
        switch item.reason {
        case .edgeSpent, .oneShotSpent: !asked(item).subtracting(.out).isEmpty
        case .reportedLevel, .reportedEdge, .notReady, .notInMask: false
        }
    }

    static func isReported(_ item: ItemSnapshot) -> Bool {
        item.reason == .reportedLevel || item.reason == .reportedEdge
    }

    /// For sorting: the more it needs a look, the higher.
    static func rank(_ item: ItemSnapshot) -> Int {
        (isSilenced(item) ? 4 : 0) + (item.isGhost ? 2 : 0) + (isReported(item) ? 1 : 0)
    }

    /// `7 IN (edge 18 was reported 12s ago)`: why an item that is ready is not in the next report; nil when it is, or
    /// when it is not ready.
    static func whyNot(_ item: ItemSnapshot, _ context: PaneContext) -> String? {
        let events = EventText.long(asked(item))
        switch item.reason {
        case .edgeSpent where !asked(item).isEmpty:
            return "\(item.fd.rawValue) \(events) (edge \(item.reportedEdge) was reported "
                + "\(context.age(item.lastReportedAt)) ago)"
        case .oneShotSpent where !asked(item).isEmpty:
            return "\(item.fd.rawValue) \(events) (one-shot spent, needs MOD)"
        case .notInMask where !unasked(item).isEmpty:
            return "\(item.fd.rawValue) \(EventText.long(unasked(item))) (not asked for)"
        case .edgeSpent, .oneShotSpent, .notInMask, .reportedLevel, .reportedEdge, .notReady: return nil
        }
    }

    /// What it is ready for, of what its mask asks for.
    static func asked(_ item: ItemSnapshot) -> EpollEvents {
        item.ready.intersection(item.mask.union(.always))
    }

    /// What is there and was not asked for; that one could write is no news.
    private static func unasked(_ item: ItemSnapshot) -> EpollEvents {
        item.ready.subtracting(item.mask.union(.always)).subtracting(.out)
    }

    private static func short(_ item: ItemSnapshot) -> String {
        if item.isGhost { return "ghost" }
        switch item.reason {
        case .reportedLevel: return "ready"
        case .reportedEdge: return "edge"
        case .notReady: return "-"
        case .edgeSpent: return isSilenced(item) ? "SPENT" : asked(item).isEmpty ? "-" : "spent"
        case .oneShotSpent: return isSilenced(item) ? "OFF" : "off"
        case .notInMask: return unasked(item).isEmpty ? "-" : "mask"
        }
    }

    private static func long(_ item: ItemSnapshot) -> String {
        let state =
            switch item.reason {
            case .reportedLevel: "ready, every wait"
            case .reportedEdge: "edge \(item.edges), next wait"
            case .notReady: "not ready"
            case .edgeSpent:
                isSilenced(item)
                    ? "EDGE \(item.reportedEdge) SPENT"
                    : asked(item).isEmpty ? "drained" : "edge \(item.reportedEdge) spent"
            case .oneShotSpent: isSilenced(item) ? "ONE-SHOT SPENT" : "one-shot spent"
            case .notInMask: unasked(item).isEmpty ? "not ready" : "\(EventText.long(unasked(item))) not asked"
            }
        return item.isGhost ? "ghost: \(state)" : state
    }
}
