/// Remembers when the rows of one table came, and keeps those that went for a while.
struct RowMemory<ID: Hashable, Value> {
    private struct Entry {
        var value: Value
        var mark: RowMark
        var generation: UInt64
    }

    /// Nanoseconds that a closed row stays.
    private static var retention: UInt64 { 6_000_000_000 }
    private var entries: [ID: Entry] = [:]
    private var generation: UInt64 = 0

    /// The row as it was when it was last there.
    func last(_ id: ID) -> Value? { entries[id]?.value }

    /// Takes the rows that are there now.
    /// - Returns: their marks in the same order, and the rows that went.
    mutating func fold(
        _ current: [Value], at now: UInt64, id: (Value) -> ID
    ) -> (marks: [RowMark], closed: [(value: Value, mark: RowMark)]) {
        generation &+= 1
        let marks = current.map { value in
            let key = id(value)
            var mark = RowMark(firstSeen: now)
            if let known = entries[key], !known.mark.isClosed { mark = known.mark }
            entries[key] = Entry(value: value, mark: mark, generation: generation)
            return mark
        }
        return (marks, entries.count > current.count ? sweep(at: now) : [])
    }

    private mutating func sweep(at now: UInt64) -> [(value: Value, mark: RowMark)] {
        var closed: [(value: Value, mark: RowMark)] = []
        for (key, entry) in entries where entry.generation != generation {
            let closedAt = entry.mark.closedAt ?? now
            if now >= closedAt &+ Self.retention {
                entries[key] = nil
            } else {
                entries[key]?.mark.closedAt = closedAt
                closed.append((entry.value, RowMark(firstSeen: entry.mark.firstSeen, closedAt: closedAt)))
            }
        }
        return closed
    }
}
