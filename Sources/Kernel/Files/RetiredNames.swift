import DequeModule
import Trace

/// What closed descriptions were: records that are read later still name them. Lock held; bounded.
public final class RetiredNames {
    private static let limit = 4096
    private var entries: [ObjectID: (ObjectKind, ObjectDetail)] = [:]
    private var order: Deque<ObjectID> = []

    func remember(_ id: ObjectID, kind: ObjectKind, detail: ObjectDetail) {
        if order.count == Self.limit, let oldest = order.popFirst() { entries[oldest] = nil }
        order.append(id)
        entries[id] = (kind, detail)
    }

    public func entry(_ id: ObjectID) -> (ObjectKind, ObjectDetail)? { entries[id] }
}
