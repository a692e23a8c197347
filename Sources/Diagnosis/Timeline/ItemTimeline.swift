import Decode
import Model
import Trace
import WasixABI

/// What became of one registration, column by column: what came, what was unread, edges, what was told.
package struct ItemTimeline: Sendable {
    package let item: ItemRow
    /// The descriptor of the other end of its channel; nil where there is none or it is not known.
    package let peer: FdNumber?
    /// Bytes that calls put into the channel, or what they added to the counter, where there was any.
    package private(set) var put: [UInt64]
    /// The most that was unread, in bytes, or the counter's highest; nil where that is not known.
    package private(set) var level: [UInt64?]
    /// The newest edge of each column; 0 for none.
    package private(set) var edges: [UInt32]
    /// The newest edge that a wait told in each column, or 0 for a report without a new edge; nil for no report.
    package private(set) var told: [UInt32?]
    /// A wait passed it over although it was ready: by level it would have been told.
    package private(set) var untold: [Bool]
    /// Columns with something unread that a wait has passed over since it was last told, or emptied.
    package var unheard: [Bool] {
        var isUnheard = false
        return level.indices.map { column in
            if told[column] != nil || level[column] == 0 { isUnheard = false }
            if untold[column] { isUnheard = true }
            return isUnheard
        }
    }
    /// What is unread at the end of the time that is shown.
    package private(set) var unread: UInt64?

    private let window: TimelineWindow
    private let object: ObjectID
    private let stock: Stock?
    /// What was unread when the guest was last looked at.
    private var newest: UInt64?

    /// What calls fill and empty, as far as records tell.
    private enum Stock: Equatable {
        /// The other end of the channel, into which is written what can be read here.
        case channel(ObjectID)
        case counter
    }

    init(_ item: ItemRow, _ model: ModelState, _ window: TimelineWindow) {
        self.item = item
        self.window = window
        object = item.id.object
        let rows = model.descriptors.filter { !$0.mark.isClosed }
        let own = rows.first { $0.descriptor.object == item.id.object }
        switch own?.descriptor.detail {
        case .channel(_, let other)? where other != .none:
            stock = .channel(other)
            newest = item.unread
            peer = rows.first { $0.descriptor.object == other }?.descriptor.fd
        case .counter(let count)?:
            stock = .counter
            peer = nil
            newest = count
        default:
            stock = nil
            peer = nil
        }
        put = Array(repeating: 0, count: window.columns)
        level = Array(repeating: nil, count: window.columns)
        edges = Array(repeating: 0, count: window.columns)
        told = Array(repeating: nil, count: window.columns)
        untold = Array(repeating: false, count: window.columns)
    }

    package var hasLevel: Bool { stock != nil }
    package var isCounter: Bool { stock == .counter }

    // MARK: one entry at a time, in order

    mutating func add(_ entry: TraceEntry, _ fields: CallFields, at instant: UInt64) {
        guard let column = window.column(instant) else { return }
        if let change = change(entry, fields), change > 0 {
            let (sum, isOver) = put[column].addingReportingOverflow(UInt64(change))
            put[column] = isOver ? .max : sum
        }
        for change in fields.changes where change.instance == item.id.epoll.rawValue && change.fd == item.id.fd.rawValue
        {
            switch change.kind {
            case .edge, .hostEdge: edges[column] = change.edge
            case .passedOver:
                if change.reason == .edgeSpent || change.reason == .oneShotSpent { untold[column] = true }
            case .woke, .wokenBy: break
            }
        }
        guard entry.call == .epollWait, entry.record.objects.0 == item.id.epoll.rawValue else { return }
        if let event = fields.reportedEvents.first(where: { $0.fd == item.id.fd }) {
            told[column] = max(told[column] ?? 0, event.edge)
        }
    }

    /// A wait that goes on tells nothing, though by level it would.
    mutating func addSilentWait(since: UInt64, until now: UInt64) {
        guard item.item.levelWouldReport, let columns = window.columns(since, now) else { return }
        for column in columns where column % 6 == columns.lowerBound % 6 { untold[column] = true }
    }

    // MARK: how full it was

    /// Goes back from what is unread at `anchor` through what calls put in and took out.
    /// - Parameter numbers: the entries from the window's beginning to the newest.
    mutating func reckonLevel(_ history: TraceHistory, _ numbers: Range<UInt64>, _ time: TraceTime, anchor: UInt64) {
        guard stock != nil, let now = newest else { return }
        var value = Int64(clamping: now)
        /// What lies behind the snapshot is not in it.
        for number in numbers.reversed() {
            guard let entry = history[number], time.monotonic(entry.moment) > anchor else { break }
            value = value.adding(change(entry) ?? 0)
        }
        unread = UInt64(max(value, 0))
        var rightmost = window.columns - 1
        // Before calls that were lost nothing is certain.
        var isKnown = true
        for number in numbers.reversed() {
            guard let entry = history[number] else { continue }
            guard entry.kind != .gap, let moved = change(entry) else {
                let end = time.monotonic(entry.record.end)
                if end < window.end { fill((window.column(end) ?? -1) + 1, rightmost, UInt64(max(value, 0))) }
                isKnown = false
                break
            }
            guard moved != 0 else { continue }
            let instant = time.monotonic(entry.moment)
            guard instant < window.end else {
                value = value.adding(-moved)
                unread = UInt64(max(value, 0))
                continue
            }
            let column = window.column(instant) ?? -1
            fill(max(column, 0), rightmost, UInt64(max(value, 0)))
            value = value.adding(-moved)
            guard column >= 0 else { return }
            // Of a column in which it rose and fell the most is shown.
            fill(column, column, UInt64(max(value, 0)))
            rightmost = column
        }
        if isKnown { fill(0, rightmost, UInt64(max(value, 0))) }
    }

    private mutating func fill(_ first: Int, _ last: Int, _ value: UInt64) {
        guard first <= last else { return }
        for column in first...last { level[column] = max(level[column] ?? 0, value) }
    }

    /// By how much the call changed what is unread; nil where it did and nobody knows by how much.
    private func change(_ entry: TraceEntry) -> Int64? {
        guard entry.kind == .call, touches(entry) else { return 0 }
        return entry.withPayload { payload in
            CallFields(entry.record, payload: payload).map { change(entry, $0) } ?? 0
        }
    }

    private func touches(_ entry: TraceEntry) -> Bool {
        let touched = entry.record.objects.0
        if case .channel(let other)? = stock, touched == other.rawValue { return true }
        return touched != 0 && touched == object.rawValue
    }

    private func change(_ entry: TraceEntry, _ fields: CallFields) -> Int64? {
        guard touches(entry), let call = entry.call, let moved = fields.movedBytes else { return 0 }
        let isOwn = entry.record.objects.0 == object.rawValue
        switch (Lanes.Occupation(call), stock) {
        case (.read, .counter?): return fields.counterValue.map { -Int64(clamping: $0) }
        case (.write, .counter?): return fields.counterValue.map { Int64(clamping: $0) }
        case (.read, .channel?): return isOwn ? -Int64(clamping: moved) : 0
        case (.write, .channel?): return isOwn ? 0 : Int64(clamping: moved)
        default: return 0
        }
    }
}

extension Int64 {
    /// The sum, or the nearest number there is: a guest can make a counter as high as it likes.
    fileprivate func adding(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other > 0 ? .max : .min) : sum
    }
}
