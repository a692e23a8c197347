import Decode
import Model
import Trace
import WasixABI

/// What lints look at: one state, with what was learnt on the way to it.
struct LintFacts {
    let model: ModelState
    let graph: WaitGraph
    let habits: Habits

    var now: UInt64 { model.now }

    /// Registrations that are there, with their instances.
    var items: [(instance: EpollRow, row: ItemRow)] {
        model.epolls.filter { !$0.mark.isClosed }.flatMap { epoll in
            epoll.items.lazy.filter { !$0.mark.isClosed }.map { (epoll, $0) }
        }
    }

    /// Descriptors that are open.
    var descriptors: [DescriptorRow] { model.descriptors.filter { !$0.mark.isClosed } }

    func name(_ fd: FdNumber, _ object: ObjectID) -> String {
        model.names[object].map { "fd \(fd.rawValue) (\($0))" } ?? "fd \(fd.rawValue)"
    }

    func thread(_ id: ThreadID) -> ThreadSnapshot? { model.threads.first { $0.id == id }?.thread }

    /// Threads that wait for events, those on `instance` first.
    func loops(of instance: ObjectID) -> [ThreadID] {
        let waiting = graph.nodes.values.filter { $0.thread.call == .epollWait && $0.thread.objects.0 == instance }
        let habitual = habits.threads.filter { $0.value.instance == instance }.map(\.key)
        return (waiting.map(\.thread.thread).sorted() + habitual.sorted()).reduce(into: []) {
            if !$0.contains($1) { $0.append($1) }
        }
    }

    func age(_ moment: UInt64) -> String { DurationFormat.short(now > moment ? now - moment : 0) }
}

/// What lints remember from one state to the next.
struct LintMemory {
    /// How far a registration's counters were when something was last done with its object.
    struct Baseline {
        var reports: UInt64
        var touches: UInt64
        var bytes: UInt64
        var at: UInt64
    }

    /// How many descriptors of each kind were open, oldest first.
    struct Census {
        var at: UInt64
        var counts: [ObjectKind: Int]
        var closes: UInt64
    }

    private(set) var baselines: [ItemRow.ID: Baseline] = [:]
    private(set) var census: [Census] = []

    /// Nanoseconds between two counts of descriptors, and how many are kept: a minute.
    private static let censusPace: UInt64 = 500_000_000
    private static let censusKept = 120

    mutating func note(_ facts: LintFacts) {
        noteItems(facts)
        guard facts.now >= census.last?.at ?? 0 &+ Self.censusPace || census.isEmpty else { return }
        var counts: [ObjectKind: Int] = [:]
        for row in facts.descriptors { counts[row.descriptor.kind, default: 0] += 1 }
        let closes = facts.model.calls.first { $0.call == .fdClose }
        census.append(Census(at: facts.now, counts: counts, closes: (closes?.calls ?? 0) &- (closes?.errors ?? 0)))
        if census.count > Self.censusKept { census.removeFirst() }
    }

    private mutating func noteItems(_ facts: LintFacts) {
        var newBaselines: [ItemRow.ID: Baseline] = [:]
        let bytes = Dictionary(
            facts.descriptors.lazy.map { ($0.descriptor.object, $0.descriptor.bytesIn &+ $0.descriptor.bytesOut) }
        ) { first, _ in first }
        for (_, row) in facts.items where row.item.reason == .reportedLevel || row.item.reason == .reportedEdge {
            let touches = facts.habits.objects[row.id.object]?.touches ?? 0
            let traffic = bytes[row.id.object] ?? 0
            let fresh = Baseline(reports: row.item.reports, touches: touches, bytes: traffic, at: facts.now)
            if let old = baselines[row.id], old.touches == touches, old.bytes == traffic, !facts.habits.hasLost {
                newBaselines[row.id] = old
            } else {
                newBaselines[row.id] = fresh
            }
        }
        baselines = newBaselines
    }
}
