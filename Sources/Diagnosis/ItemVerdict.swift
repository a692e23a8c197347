import Model
import Trace
import WasixABI

/// What the state of a registration means for whoever waits on it: the one judgement that tables, footers and headings
/// share.
///
/// A reason code alone raises no alarm. A correct edge-triggered loop stands for a moment with its edge reported and
/// its bytes unread whenever it is looked at: only a state that holds, while nobody touches the descriptor and the
/// loop is back in its wait, is a loss.
package struct ItemVerdict: Sendable {
    package enum Kind: Sendable, Equatable {
        /// Ready, level-triggered: every wait reports it.
        case readyLevel
        /// Ready, with an edge that the next wait reports.
        case readyEdge
        /// Nothing that was asked for is there.
        case notReady
        /// Nothing is left of what the last edge brought.
        case drained
        /// The last edge was reported. What is left of it may be about to be read, or is only room to write.
        case edgeReported
        /// The last edge was reported, something is still unread, and no wait will report it again.
        case edgeSpent
        /// The one-shot registration was reported: off until MOD.
        case oneShotOff
        /// The same, and something has been there unread for long.
        case oneShotSpent
        /// The other side has closed, nothing is left to read, and the guest keeps the descriptor.
        case peerClosed
        /// The object has failed, the guest was told, and keeps the descriptor.
        case failed
        /// There is something the mask does not ask for.
        case notAsked
    }

    /// Nanoseconds that an unread edge must have held: shorter than this a loop may be on its way to the descriptor.
    package static let edgeHold: UInt64 = 250_000_000
    /// The same for a one-shot registration, which a worker may have taken.
    package static let oneShotHold: UInt64 = 1_000_000_000

    package let kind: Kind
    /// The number was closed or stands for something else now, while the description lives on.
    package let isGhost: Bool
    private let row: ItemRow
    /// The state has held for as long as an unread edge must.
    private let hasHeld: Bool

    /// - Parameter now: CLOCK_MONOTONIC nanoseconds of the snapshot that `row` is of.
    package init(_ row: ItemRow, at now: UInt64) {
        self.row = row
        isGhost = row.item.isGhost
        let held = now > row.unchangedSince ? now - row.unchangedSince : 0
        hasHeld = held >= Self.edgeHold
        kind = Self.kind(row, held: held)
    }

    private static func kind(_ row: ItemRow, held: UInt64) -> Kind {
        let item = row.item
        switch item.reason {
        case .reportedLevel: return .readyLevel
        case .reportedEdge: return .readyEdge
        case .notReady: return .notReady
        case .notInMask: return unasked(item).isEmpty ? .notReady : .notAsked
        case .edgeSpent:
            if asked(item).isEmpty { return .drained }
            if let end = end(row) { return end }
            let isLost = held >= edgeHold && row.isLoopBack && !unread(item).isEmpty
            return isLost ? .edgeSpent : .edgeReported
        case .oneShotSpent:
            if let end = end(row) { return end }
            let isLost = held >= oneShotHold && row.isLoopBack && !unread(item).isEmpty
            return isLost ? .oneShotSpent : .oneShotOff
        }
    }

    /// What there is to read. Room to write is no loss: a program that has nothing to write needs no report of it.
    private static func unread(_ item: ItemSnapshot) -> EpollEvents { asked(item).intersection([.in, .pri]) }

    /// The end of a stream is readable as well, and so are errors: neither is unread data.
    private static func end(_ row: ItemRow) -> Kind? {
        guard (row.unread ?? 0) == 0 else { return nil }
        if !row.item.ready.isDisjoint(with: [.rdhup, .hup]) { return .peerClosed }
        return row.item.ready.contains(.err) ? .failed : nil
    }

    /// What it is ready for, of what its mask asks for.
    package static func asked(_ item: ItemSnapshot) -> EpollEvents { item.ready.intersection(item.mask.union(.always)) }

    /// What is there and was not asked for. Room to write is left out: it is there nearly always.
    private static func unasked(_ item: ItemSnapshot) -> EpollEvents {
        item.ready.subtracting(item.mask.union(.always)).subtracting(.out)
    }
}

extension ItemVerdict {
    /// What it is ready for, of what its mask asks for.
    package var asked: EpollEvents { Self.asked(row.item) }

    /// Something that was asked for is there, yet no wait reports it, and nobody is on the way to it.
    package var isSilenced: Bool { kind == .edgeSpent || kind == .oneShotSpent }

    /// The next wait reports it.
    package var isReported: Bool { kind == .readyLevel || kind == .readyEdge }

    package var tone: Tone {
        if isSilenced || isGhost { return .attention }
        return isReported ? .good : .faint
    }

    /// For sorting: the more it needs a look, the higher.
    package var rank: Int { (isSilenced ? 4 : 0) + (isGhost ? 2 : 0) + (isReported ? 1 : 0) }

    /// At most five columns.
    package var shortText: String {
        if isGhost { return "ghost" }
        return switch kind {
        case .readyLevel: "ready"
        case .readyEdge: "edge"
        case .notReady, .drained: "-"
        case .edgeReported: "told"
        case .edgeSpent: "SPENT"
        case .oneShotOff: "off"
        case .oneShotSpent: "OFF"
        case .peerClosed: "gone"
        case .failed: "error"
        case .notAsked: "mask"
        }
    }

    package var longText: String {
        let item = row.item
        let text =
            switch kind {
            case .readyLevel: "ready, every wait"
            case .readyEdge: "edge \(item.edges), next wait"
            case .notReady: "not ready"
            case .drained: "drained"
            case .edgeReported: "edge \(item.reportedEdge) reported"
            case .edgeSpent: "EDGE \(item.reportedEdge) SPENT"
            case .oneShotOff: "one-shot, off until MOD"
            case .oneShotSpent: "ONE-SHOT SPENT"
            case .peerClosed: "peer closed, still open"
            case .failed: "failed, still open"
            case .notAsked: "\(EventText.long(Self.unasked(item))) not asked"
            }
        return isGhost ? "ghost: \(text)" : text
    }

    /// What the words above mean, for a help page: every short one with its long one.
    package static let legend: [(word: String, meaning: String)] = [
        ("ready", "level-triggered and ready: every wait reports it"),
        ("edge", "edge-triggered with a new edge: the next wait reports it"),
        ("told", "edge-triggered, the edge was reported: being read, or room to write alone"),
        ("SPENT", "edge-triggered, the edge was reported, bytes are still unread: only a new edge or MOD reports it"),
        ("off", "one-shot, reported: silent until MOD"),
        ("OFF", "one-shot, reported, and something has been unread for over a second"),
        ("mask", "ready for something that was not asked for"),
        ("gone", "the peer has closed, everything was read, the descriptor is still open"),
        ("error", "the object has failed, the guest was told, the descriptor is still open"),
        ("ghost", "the number was closed, a duplicate keeps the description and this registration alive"),
        ("LT ET 1", "level-triggered, edge-triggered; 1 one-shot"),
    ]
}

/// Why something that is there is not in the next report.
package struct Unreported: Sendable, Equatable {
    package var fd: FdNumber
    package var events: EpollEvents
    /// `edge 18 was reported`, `one-shot spent, needs MOD`, `not asked for`.
    package var cause: String
    /// CLOCK_MONOTONIC nanoseconds of the report that the cause speaks of.
    package var reportedAt: UInt64?
}

extension ItemVerdict {
    /// Why it is not in the next report although something is there; nil when it is, when nothing is there, or when the
    /// state has not held long enough to be worth a word.
    package var whyUnreported: Unreported? {
        let item = row.item
        guard hasHeld else { return nil }
        let text: (EpollEvents, String, UInt64?)? =
            switch kind {
            case .edgeReported, .edgeSpent: (asked, "edge \(item.reportedEdge) was reported", item.lastReportedAt)
            case .oneShotOff, .oneShotSpent: asked.isEmpty ? nil : (asked, "one-shot spent, needs MOD", nil)
            case .peerClosed: (asked, "peer closed, still open: reported", item.lastReportedAt)
            case .failed: (asked, "failed, still open: reported", item.lastReportedAt)
            case .notAsked: (Self.unasked(item), "not asked for", nil)
            case .readyLevel, .readyEdge, .notReady, .drained: nil
            }
        return text.map { Unreported(fd: item.fd, events: $0.0, cause: $0.1, reportedAt: $0.2) }
    }
}
