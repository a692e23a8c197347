import DequeModule
import Trace

/// Names that descriptions had: those of open ones before a call gave them another, and those of closed ones. A record
/// that is read later can name a description as it was called at that moment. Bounded: the oldest are forgotten. Lock
/// held: `Kernel.retiredNames` asserts it.
public final class RetiredNames {
    /// What a name is made of.
    struct Entry {
        var kind: ObjectKind
        var detail: ObjectDetail
        /// Descriptor numbers of both ends of a pair.
        var ends: (FdNumber, FdNumber)?

        var label: String { detail.label(kind, ends: ends) }
    }

    private static let limit = 4096
    /// Names kept of one description. One that is renamed again and again loses its oldest names.
    private static let namesKept = 16

    private var closed: [ObjectID: Entry] = [:]
    private var order: Deque<ObjectID> = []
    private var earlier: [ObjectID: [(entry: Entry, until: UInt64)]] = [:]

    func remember(_ id: ObjectID, _ entry: Entry) {
        if order.count == Self.limit, let oldest = order.popFirst() {
            closed[oldest] = nil
            earlier[oldest] = nil
        }
        order.append(id)
        closed[id] = entry
    }

    /// The description had the name `entry` until the tick `until`, when it got another one.
    func renamed(_ id: ObjectID, from entry: Entry, until: UInt64) {
        var names = earlier[id] ?? []
        guard names.last?.entry.label != entry.label || names.isEmpty else {
            earlier[id]?[names.count - 1].until = until
            return
        }
        if names.count == Self.namesKept { names.removeFirst() }
        names.append((entry, until))
        earlier[id] = names
    }

    /// All its names, oldest first.
    /// - Parameter current: the present name; nil for a closed description.
    func names(of id: ObjectID, current: Entry?) -> [ObjectName] {
        let before = (earlier[id] ?? []).map { ObjectName($0.entry.label, until: $0.until) }
        guard let last = current ?? closed[id] else { return before }
        return before + [ObjectName(last.label)]
    }
}
