import DequeModule
import Trace

/// What descriptions were: names that they had before calls gave them others, and those of closed ones. Records that are
/// read later name a description as it was at their moment. Lock held, which `Kernel` asserts;
/// bounded.
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
    /// Names kept of one description: what is renamed for ever loses its oldest ones.
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

    /// From the tick `until` on it has another name.
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

    /// All names in order.
    /// - Parameter current: of a description that is open.
    func names(of id: ObjectID, current: Entry?) -> [ObjectName] {
        let before = (earlier[id] ?? []).map { ObjectName($0.entry.label, until: $0.until) }
        guard let last = current ?? closed[id] else { return before }
        return before + [ObjectName(last.label)]
    }
}
