import WasixABI

/// Epoll's bits in few letters.
package enum EventText {
    private static let names: [(EpollEvents, String)] = [
        (.in, "IN"), (.out, "OUT"), (.pri, "PRI"), (.rdhup, "RDH"), (.err, "ERR"), (.hup, "HUP"),
    ]

    /// `IN+OUT`; `-` for none.
    package static func long(_ events: EpollEvents) -> String {
        let found = names.filter { events.contains($0.0) }.map(\.1)
        return found.isEmpty ? "-" : found.joined(separator: "+")
    }

    /// At most three columns: `IN`, `OUT`, `I+O`, `IOR` (the initials), `I+4`; `-` for none.
    package static func short(_ events: EpollEvents) -> String {
        let found = names.filter { events.contains($0.0) }.map(\.1)
        let initials = found.map { String($0.prefix(1)) }
        switch found.count {
        case 0: return "-"
        case 1: return found[0]
        case 2, 3: return initials.joined(separator: found.count == 2 ? "+" : "")
        default: return "\(initials[0])+\(found.count - 1)"
        }
    }

    /// `LT`, `ET`, and a `1` behind it for one-shot.
    package static func mode(_ mask: EpollEvents) -> String {
        (mask.contains(.et) ? "ET" : "LT") + (mask.contains(.oneshot) ? "1" : "")
    }

    /// Readable and writable in two letters, a `!` for errors and hang-ups: `rw`, `-w`, `r!`.
    package static func readiness(_ events: EpollEvents) -> String {
        let isBroken = !events.isDisjoint(with: [.err, .hup])
        return (events.contains(.in) ? "r" : "-") + (events.contains(.out) ? "w" : "-") + (isBroken ? "!" : "")
    }
}
