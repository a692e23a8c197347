import Decode
import Model
import Trace
import WasixABI

/// A part of the past as it is kept in the trace: what threads were in and what became of registrations. A pure function of
/// a state; it costs what it looks through.
package struct Timeline: Sendable {
    /// Entries of the window that are looked at, the newest of them; and entries behind it in which a wait may end that began
    /// in it.
    private static let mostEntries: UInt64 = 50_000
    private static let reach: UInt64 = 5_000

    package let window: TimelineWindow
    package private(set) var threads: [ThreadTimeline]
    package private(set) var items: [ItemTimeline]

    /// - Parameters:
    ///   - subjects: registrations that are followed.
    ///   - threads: those that are followed, in this order.
    package init(_ model: ModelState, _ window: TimelineWindow, threads: [ThreadID], subjects: [ItemRow.ID]) {
        self.window = window
        let rows = model.epolls.flatMap(\.items)
        var lanes = Dictionary(threads.map { ($0, ThreadTimeline($0, window)) }) { first, _ in first }
        var items = subjects.compactMap { id in rows.first { $0.id == id } }.map { ItemTimeline($0, model, window) }
        let history = model.trace
        let time = model.time
        let begin = TimelineWindow.first(in: history, from: window.start, time)
        let end = TimelineWindow.first(in: history, from: window.end, time)
        Self.addLives(model, &lanes, window)

        for number in max(begin, end - min(end, Self.mostEntries))..<max(begin, end) {
            guard let entry = history[number] else { continue }
            Self.add(entry, &lanes, time)
            guard entry.kind == .call, !items.isEmpty else { continue }
            let instant = time.monotonic(entry.moment)
            entry.withPayload { payload in
                guard let fields = CallFields(entry.record, payload: payload) else { return }
                for index in items.indices { items[index].add(entry, fields, at: instant) }
            }
        }
        // Waits in which the window ends.
        var open = Set(lanes.keys)
        for number in history.numbers(from: end, reach: Self.reach) {
            guard !open.isEmpty else { break }
            guard let entry = history[number], open.remove(entry.thread) != nil else { continue }
            Self.add(entry, &lanes, time)
        }
        for row in model.threads where row.thread.state == .blocked && row.thread.blockedSince != 0 {
            guard let call = row.thread.call else { continue }
            lanes[row.id]?.add(call, from: row.thread.blockedSince, to: model.now, waits: true)
            guard call == .epollWait else { continue }
            for index in items.indices where items[index].item.id.epoll == row.thread.objects.0 {
                items[index].addSilentWait(since: row.thread.blockedSince, until: model.now)
            }
        }
        for index in items.indices {
            items[index].reckonLevel(history, begin..<history.range.upperBound, time, anchor: model.now)
        }
        self.threads = threads.compactMap { lanes[$0] }
        self.items = items
    }

    /// The times that threads were there for, as far as the state tells; their first and last records say it exactly.
    private static func addLives(
        _ model: ModelState, _ lanes: inout [ThreadID: ThreadTimeline], _ window: TimelineWindow
    ) {
        guard let first = model.trace[model.trace.range.lowerBound] else { return }
        let oldest = model.time.monotonic(first.record.start)
        for row in model.threads where row.mark.firstSeen < window.end &+ lookDelay {
            lanes[row.id]?.exists(oldest, row.mark.closedAt ?? model.now)
        }
    }

    /// Nanoseconds in which a look at the guest finds a thread that has begun.
    private static let lookDelay: UInt64 = 1_000_000_000

    private static func add(_ entry: TraceEntry, _ lanes: inout [ThreadID: ThreadTimeline], _ time: TraceTime) {
        let start = time.monotonic(entry.record.start)
        switch entry.kind {
        case .call:
            guard let call = entry.call else { return }
            let waits = entry.record.flags & TraceRecord.Flags.waited != 0
            lanes[entry.thread]?.add(call, from: start, to: time.monotonic(entry.record.end), waits: waits)
        case .gap: lanes[entry.thread]?.lose(start, time.monotonic(entry.record.end))
        case .threadStart: lanes[entry.thread]?.begin(start)
        case .threadExit: lanes[entry.thread]?.end(start)
        case .signal, .whatIf: break
        }
    }
}
