import Decode
import Model
import Trace
import WasixABI

/// What lints look at: one state, with what was learnt on the way to it. Lists and indexes are made when a check asks for
/// them first: most states have nothing that needs one.
final class LintFacts {
    let model: ModelState
    let graph: WaitGraph
    let habits: Habits

    private let index: DescriptorIndex

    init(model: ModelState, graph: WaitGraph, habits: Habits, index: DescriptorIndex) {
        self.model = model
        self.graph = graph
        self.habits = habits
        self.index = index
    }

    var now: UInt64 { model.now }
    /// The guest as it was when it ended: what has not happened by now will not.
    var isEnd: Bool { model.guest.hasEnded }

    /// Instances that are open.
    private(set) lazy var instances: [EpollRow] = model.epolls.filter { !$0.mark.isClosed }

    /// Descriptors that are open. Rows are large: where none is closed they are not copied.
    private(set) lazy var descriptors: [DescriptorRow] =
        model.descriptors.contains { $0.mark.isClosed }
        ? model.descriptors.filter { !$0.mark.isClosed } : model.descriptors

    /// Where registrations are that are there and that `isWanted`: the position of the instance, and in its list.
    func items(_ isWanted: (ItemSnapshot) -> Bool) -> [(instance: Int, item: Int)] {
        var found: [(instance: Int, item: Int)] = []
        for position in instances.indices {
            for place in instances[position].items.indices
            where !instances[position].items[place].mark.isClosed && isWanted(instances[position].items[place].item) {
                found.append((position, place))
            }
        }
        return found
    }

    private lazy var itemsByObject: [ObjectID: [(instance: Int, item: Int)]] = Dictionary(grouping: items { _ in true })
    {
        instances[$0.instance].items[$0.item].id.object
    }
    private lazy var watched: Set<ObjectID> = {
        var watched = Set<ObjectID>()
        for instance in instances {
            for row in instance.items where !row.mark.isClosed { watched.insert(row.item.object) }
        }
        return watched
    }()
    private lazy var threadsByID: [ThreadID: Int] = Dictionary(
        zip(model.threads.lazy.map(\.id), model.threads.indices)
    ) { first, _ in first }

    /// A thread of `poll_oneoff` sleeps: what it polls may be anything.
    private(set) lazy var isPolling: Bool = graph.nodes.values.contains {
        $0.thread.call == .pollOneoff || $0.thread.call == .pollOneoffUnstable
    }
    /// Descriptions that blocked threads wait on.
    private lazy var awaited: Set<ObjectID> = Set(graph.nodes.values.lazy.map(\.thread.objects.0))

    /// Counters with something to read that nobody watches or reads.
    private(set) lazy var unheardCounters: [DescriptorRow] = descriptors.filter {
        $0.descriptor.kind == .eventCounter && LintChecks.isUnheard($0, self)
    }

    /// The registrations of a description.
    func registrations(of object: ObjectID) -> [(instance: EpollRow, row: ItemRow)] {
        (itemsByObject[object] ?? []).map { (instances[$0.instance], instances[$0.instance].items[$0.item]) }
    }

    func isWatched(_ object: ObjectID) -> Bool { watched.contains(object) }

    /// A blocked thread waits on the description, or polls something that is not known.
    func isAwaited(_ object: ObjectID) -> Bool { isPolling || awaited.contains(object) }

    func descriptor(of object: ObjectID) -> DescriptorSnapshot? { index[object] }

    func name(_ fd: FdNumber, _ object: ObjectID) -> String {
        model.names[object].map { "fd \(fd.rawValue) (\($0))" } ?? "fd \(fd.rawValue)"
    }

    func thread(_ id: ThreadID) -> ThreadSnapshot? { threadsByID[id].map { model.threads[$0].thread } }

    func isAlive(_ id: ThreadID) -> Bool { thread(id).map { $0.state != .ended } ?? false }

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
        /// What every report since then has said, as far as it was seen; nil before the first.
        var events: EpollEvents?
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
        guard census.last.map({ facts.now >= $0.at &+ Self.censusPace }) ?? true else { return }
        var counts: [ObjectKind: Int] = [:]
        for row in facts.descriptors { counts[row.descriptor.kind, default: 0] += 1 }
        let closes = facts.model.calls.first { $0.call == .fdClose }
        census.append(Census(at: facts.now, counts: counts, closes: (closes?.calls ?? 0) &- (closes?.errors ?? 0)))
        if census.count > Self.censusKept { census.removeFirst() }
    }

    private mutating func noteItems(_ facts: LintFacts) {
        var newBaselines: [ItemRow.ID: Baseline] = [:]
        for place in facts.items({ $0.reason == .reportedLevel || $0.reason == .reportedEdge }) {
            let row = facts.instances[place.instance].items[place.item]
            let touches = facts.habits.objects[row.id.object]?.touches ?? 0
            let descriptor = facts.descriptor(of: row.id.object)
            let traffic = (descriptor?.bytesIn ?? 0) &+ (descriptor?.bytesOut ?? 0)
            let fresh = Baseline(
                reports: row.item.reports, touches: touches, bytes: traffic, at: facts.now)
            // Bytes are exact; where records were lost they must do, and for a listener nothing does.
            let isUntouched = { (old: Baseline) in
                old.bytes == traffic
                    && (facts.habits.hasLost ? !row.item.kind.isListener : old.touches == touches)
            }
            if var old = baselines[row.id], isUntouched(old) {
                if row.item.reports != old.reports {
                    old.events = old.events?.intersection(row.item.lastReported) ?? row.item.lastReported
                }
                newBaselines[row.id] = old
            } else {
                newBaselines[row.id] = fresh
            }
        }
        baselines = newBaselines
    }
}
