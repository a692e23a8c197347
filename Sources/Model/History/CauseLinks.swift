import Decode
import Trace
import WasixABI

/// Which call led to which: the edges that a call made with the waits that reported them, and the threads that it woke
/// with the calls in which they slept. Pure functions of a history; nothing is kept, so they cost what they look through.
package struct CauseLinks: Sendable {
    /// Entries that are looked through in each direction.
    private static let reach: UInt64 = 400

    private let history: TraceHistory

    package init(_ history: TraceHistory) { self.history = history }

    /// Another entry that this one led to, or that led to it.
    package struct Link: Sendable, Equatable {
        package var change: ReadinessChange
        /// The number of the other entry; nil where it is not among those that are kept near by.
        package var entry: UInt64?
    }

    /// What the call did to others.
    package func changes(of entry: TraceEntry) -> [ReadinessChange] {
        guard entry.record.flags & TraceRecord.Flags.hasChanges != 0 else { return [] }
        return entry.withPayload { PayloadChunks($0).changes }
    }

    /// What the call did to others, and the first call that shows it: the wait that reported the edge, or the call in
    /// which the thread that it woke had slept.
    package func effects(of entry: TraceEntry) -> [Link] {
        let changes = changes(of: entry).filter { $0.kind != .wokenBy && $0.kind != .passedOver }
        guard !changes.isEmpty else { return [] }
        var links = changes.map { Link(change: $0) }
        var open = Set(links.indices)
        // A wait notices what the host tells it, and reports that itself.
        for number in history.numbers(from: entry.sequence, reach: Self.reach) {
            guard !open.isEmpty else { break }
            guard let other = history[number] else { continue }
            for index in open where shows(other, links[index].change, from: entry) {
                links[index].entry = number
                open.remove(index)
            }
        }
        return links
    }

    /// What ended the sleep of the call, or made the events new that it reports.
    package func causes(of entry: TraceEntry) -> [Link] {
        guard entry.kind == .call else { return [] }
        var missing = Set(newEdges(entry).map { Key($0, entry.record.objects.0) })
        var waker = changes(of: entry).last { $0.kind == .wokenBy }
        var links: [Link] = []
        for number in history.numbers(before: entry.sequence + 1, reach: Self.reach).reversed() {
            guard waker != nil || !missing.isEmpty, let other = history[number] else { break }
            for change in changes(of: other) {
                if change.kind == .woke {
                    guard let by = waker, by.thread == other.thread.rawValue, change.thread == entry.thread.rawValue
                    else { continue }
                    links.append(Link(change: by, entry: number))
                    waker = nil
                } else if change.isEdge, missing.remove(Key(change)) != nil {
                    links.append(Link(change: change, entry: number))
                }
            }
        }
        if let waker { links.append(Link(change: waker)) }
        return links
    }

    /// What a wait passed over, and the wait that had reported it.
    package func passedOver(by entry: TraceEntry) -> [Link] {
        let changes = changes(of: entry).filter { $0.kind == .passedOver }
        guard !changes.isEmpty else { return [] }
        var links = changes.map { Link(change: $0) }
        var open = Set(links.indices.filter { [.edgeSpent, .oneShotSpent].contains(links[$0].change.reason) })
        for number in history.numbers(before: entry.sequence, reach: Self.reach).reversed() {
            guard !open.isEmpty, let other = history[number] else { break }
            guard other.call == .epollWait, other.record.objects.0 == entry.record.objects.0 else { continue }
            let reported = Self.reported(other).compactMap { $0.fd?.rawValue }
            for index in open where reported.contains(links[index].change.fd) {
                links[index].entry = number
                open.remove(index)
            }
        }
        return links
    }

    /// Whether another thread made new what the call reports, or ended its sleep. Looks at this entry alone.
    package func isEffect(_ entry: TraceEntry) -> Bool {
        guard entry.kind == .call, entry.record.errno == 0 else { return false }
        let own = changes(of: entry)
        if own.contains(where: { $0.kind == .wokenBy }) { return true }
        guard entry.call == .epollWait else { return false }
        let heard = Set(own.filter { $0.kind == .hostEdge }.map { Key($0) })
        return newEdges(entry).contains { !heard.contains(Key($0, entry.record.objects.0)) }
    }

    /// Whether the call made something ready for others, or woke somebody. Looks at this entry alone.
    package func isCause(_ entry: TraceEntry) -> Bool {
        changes(of: entry).contains { $0.kind == .edge || $0.kind == .woke }
    }

    /// An edge of one registration of one instance.
    private struct Key: Hashable {
        var instance: UInt32
        var fd: UInt32
        var edge: UInt32

        init(_ change: ReadinessChange) {
            instance = change.instance
            fd = change.fd
            edge = change.edge
        }

        init(_ item: ReportedItem, _ instance: UInt32) {
            self.instance = instance
            fd = item.fd
            edge = item.edge
        }
    }

    private func newEdges(_ entry: TraceEntry) -> [ReportedItem] {
        Self.reported(entry).compactMap { event in
            event.edge == 0 ? nil : event.fd.map { ReportedItem(fd: $0.rawValue, edge: event.edge) }
        }
    }

    private static func reported(_ entry: TraceEntry) -> [ReportedEvent] {
        entry.withPayload { CallFields(entry.record, payload: $0)?.reportedEvents ?? [] }
    }

    private func shows(_ other: TraceEntry, _ change: ReadinessChange, from entry: TraceEntry) -> Bool {
        guard other.kind == .call else { return false }
        if change.kind == .woke {
            return other.sequence != entry.sequence && other.thread.rawValue == change.thread
                && other.record.flags & TraceRecord.Flags.waited != 0
        }
        guard other.call == .epollWait, other.record.objects.0 == change.instance else { return false }
        // The wait tells how many edges there were: it has reported all up to then.
        return newEdges(other).contains { $0.fd == change.fd && Int32(bitPattern: $0.edge &- change.edge) >= 0 }
    }
}
