/// Remembers when the rows of one table came, and keeps those that went for a while.
///
/// Rows keep their order from one snapshot to the next as a rule, so they are matched by walking both lists; only
/// where that fails is a dictionary made.
struct RowMemory<ID: Hashable, Value> {
    /// What is kept about a row that is present.
    struct Track {
        var mark: RowMark
        var meter: RateMeter
        /// Position in the snapshot before; nil for a new row.
        var previous: Int?
        /// Since when the row has not changed; kept by the `body` of `fold` for tables that need it.
        var still = Stillness()
    }

    /// The beginning of a time in which nothing changed, with two counts of that moment.
    struct Stillness {
        /// CLOCK_MONOTONIC nanoseconds.
        var since: UInt64 = 0
        /// Bytes read through the description.
        var bytes: UInt64 = 0
        /// Waits that had begun on the instance.
        var waits: UInt64 = 0
    }

    /// Nanoseconds that a closed row stays.
    private static var retention: UInt64 { 6_000_000_000 }
    private let id: (Value) -> ID
    /// Two counts of a row that grow.
    private let counts: (Value) -> (UInt64, UInt64)
    /// A number that is higher the later a row was made; nil where rows have none.
    private let age: ((Value) -> UInt64)?
    /// The highest age in any snapshot so far, and the time of the last snapshot.
    private var newest: UInt64?
    private var lastFold: UInt64 = 0
    /// The rows of the snapshot before.
    private(set) var previous: [Value] = []
    private var tracks: [Track] = []
    private(set) var closed: [(value: Value, mark: RowMark)] = []

    init(
        id: @escaping (Value) -> ID, counts: @escaping (Value) -> (UInt64, UInt64) = { _ in (0, 0) },
        age: ((Value) -> UInt64)? = nil
    ) {
        self.id = id
        self.counts = counts
        self.age = age
    }

    /// Takes the rows that are there now and hands each to `body` with what is remembered of it; `previous` still
    /// holds the rows of the snapshot before.
    mutating func fold(_ current: [Value], at now: UInt64, _ body: (Value, inout Track) -> Void) {
        var next: [Track] = []
        next.reserveCapacity(current.count)
        var stays = [Bool](repeating: false, count: previous.count)
        var index: [ID: Int]?
        var cursor = 0
        for value in current {
            let match = find(id(value), from: cursor, &index)
            var track: Track
            if let match {
                track = tracks[match]
                stays[match] = true
                cursor = match + 1
            } else {
                track = Track(mark: RowMark(firstSeen: now), meter: meter(of: value, now: now))
            }
            track.previous = match
            body(value, &track)
            next.append(track)
        }
        close(stays, returned: next.contains { $0.previous == nil } ? current : [], at: now)
        previous = current
        tracks = next
        lastFold = now
        if let age { newest = current.lazy.map(age).reduce(newest ?? 0, max) }
    }

    /// A row that was made since the last snapshot has counted from 0 since then. For any other new row it is not known
    /// when it counted what it has, so its rate begins now.
    private func meter(of value: Value, now: UInt64) -> RateMeter {
        if let age, let newest, age(value) > newest { return RateMeter(0, 0, now: lastFold) }
        let counts = counts(value)
        return RateMeter(counts.0, counts.1, now: now)
    }

    private func find(_ id: ID, from cursor: Int, _ index: inout [ID: Int]?) -> Int? {
        if cursor < previous.count, self.id(previous[cursor]) == id { return cursor }
        if previous.isEmpty { return nil }
        if index == nil {
            index = Dictionary(zip(previous.lazy.map(self.id), previous.indices)) { first, _ in first }
        }
        return index?[id]
    }

    /// - Parameter returned: current rows, if any of them is new: a closed row may be back among them.
    private mutating func close(_ stays: [Bool], returned: [Value], at now: UInt64) {
        closed.removeAll { now >= ($0.mark.closedAt ?? now) &+ Self.retention }
        if !closed.isEmpty, !returned.isEmpty {
            let ids = Set(returned.lazy.map(id))
            closed.removeAll { ids.contains(id($0.value)) }
        }
        for (position, stayed) in stays.enumerated() where !stayed {
            closed.append(
                (previous[position], RowMark(firstSeen: tracks[position].mark.firstSeen, closedAt: now)))
        }
    }
}
