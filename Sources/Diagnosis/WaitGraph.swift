import Model
import Trace
import WasixABI

/// Who waits for what, and who could end it: a pure function of a state and of who has used what so far.
///
/// Two questions are answered apart. What is *certain*: a wait that only the program itself can end, while all of its
/// threads sleep without a timeout, never ends. What is *likely*: who has written, read or woken a thing before will do
/// it again, so a thread that waits only for threads that wait for it is stuck although others run.
package struct WaitGraph: Sendable {
    /// What a thread waits on: one of them is enough to wake it.
    package struct Source: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// Bytes, room, a count: of a channel whose ends both lie in the program.
            case channel(ObjectID)
            /// A futex word.
            case word(UInt64)
            case thread(ThreadID)
            /// The end of a child, of any for none.
            case process(ProcessID)
            /// Something that the rest of the world can bring about at any time.
            case outside
            /// An instance that nothing armed is registered with.
            case nothing
        }

        package var kind: Kind
        /// `fd 4 pair 3-4`, `the word at 0x18d0`, `the end of T2`.
        package var name: String
        /// Descriptor number, where it has one.
        package var fd: FdNumber?
        /// Threads that could bring it about; those that have done so before where that is known, else all of them.
        package var wakers: [ThreadID]
        /// `wakers` is what was seen so far, or the only threads that there are: not a guess.
        package var isKnown: Bool
        /// A futex word with the value of a contended lock: some thread holds it.
        package var isLock = false
        /// The word itself says who has the lock.
        package var namesOwner = false
    }

    /// How the wait of a thread can end.
    package enum End: Sendable, Equatable {
        /// Nothing can end it.
        case nobody
        /// These could, and all of them sleep without an end in sight.
        case stuck([ThreadID])
        /// These could, and one of them runs or will run.
        case threads([ThreadID])
        case timer(at: UInt64)
        case outside(String)
    }

    package struct Node: Sendable {
        package var thread: ThreadSnapshot
        package var sources: [Source]
        package var end: End
        /// It waits for events on an instance, with all that was reported used up: what a server does when nothing is
        /// asked of it.
        package var isEventWait: Bool
    }

    /// Blocked threads by number.
    package private(set) var nodes: [ThreadID: Node] = [:]
    /// Threads that sleep and that nothing but each other could wake, as far as it is known.
    package private(set) var stuck: Set<ThreadID> = []
    /// Each a circle: every thread waits for the next one, the last for the first.
    package private(set) var cycles: [[ThreadID]] = []
    /// Threads that have not ended.
    package private(set) var alive = 0
    /// All threads sleep, and nothing outside can wake one; since when the last one went to sleep.
    package private(set) var standstillSince: UInt64?

    package init() {}

    package init(_ model: ModelState, users: ObjectUsers) {
        self.init(model, users: users, descriptors: DescriptorIndex(model))
    }

    init(_ model: ModelState, users: ObjectUsers, descriptors: DescriptorIndex) {
        let threads = model.threads.filter { Self.counts($0, at: model.now) }.map(\.thread)
        alive = threads.count
        let finder = SourceFinder(model, threads: threads, users: users, descriptors: descriptors)
        for thread in threads where thread.state == .blocked {
            let sources = finder.sources(of: thread)
            nodes[thread.thread] = Node(
                thread: thread, sources: sources, end: .nobody, isEventWait: thread.call?.isEventWait ?? false)
        }
        stuck = Self.stuck(nodes)
        standstillSince = Self.standstill(nodes, alive: alive)
        if standstillSince != nil { stuck = Set(nodes.keys) }
        let everyone = threads.map(\.thread)
        for id in nodes.keys {
            let end = end(id, everyone)
            nodes[id]?.end = end
        }
        // A thread whose lock somebody unknown holds may be in a circle although others run.
        cycles = Self.cycles(
            nodes, among: Set(nodes.values.lazy.filter(\.canBeInCircle).map(\.thread.thread)), stuck,
            mostGuesses: standstillSince == nil ? 1 : 2)
    }

    /// Nanoseconds after a thread's end in which those that it woke may not have come to run.
    private static let lastWords: UInt64 = 500_000_000

    private static func counts(_ row: ThreadRow, at now: UInt64) -> Bool {
        row.thread.state != .ended || now < (row.mark.closedAt ?? 0) &+ lastWords
    }

    /// The threads that sleep until somebody in `among` wakes them, taken away until nothing changes: those that are left
    /// wait for each other alone.
    private static func stuck(_ nodes: [ThreadID: Node]) -> Set<ThreadID> {
        var left = Set(nodes.values.lazy.filter(\.canBeStuck).map(\.thread.thread))
        var hasChanged = true
        while hasChanged {
            let next = left.filter { id in
                nodes[id]!.sources.allSatisfy {
                    $0.isKnown && $0.kind != .outside && $0.wakers.allSatisfy(left.contains)
                }
            }
            hasChanged = next.count != left.count
            left = next
        }
        return left
    }

    private static func standstill(_ nodes: [ThreadID: Node], alive: Int) -> UInt64? {
        guard alive > 0, nodes.count == alive else { return nil }
        let isEndless = nodes.values.allSatisfy { $0.canBeStuck && !$0.sources.contains { $0.kind == .outside } }
        return isEndless ? nodes.values.map(\.thread.blockedSince).max() : nil
    }

    /// Threads whose lists of wakers leave out the thread itself; of more threads it makes no difference to a reader.
    private static let few = 16

    private func end(_ id: ThreadID, _ everyone: [ThreadID]) -> End {
        let node = nodes[id]!
        let outside = node.sources.filter { $0.kind == .outside }
        if let first = outside.first {
            return .outside(outside.count == 1 ? first.name : "\(first.name) and \(outside.count - 1) more")
        }
        if let deadline = node.thread.deadline { return .timer(at: deadline) }
        if everyone.count > Self.few, node.sources.contains(where: { !$0.isKnown }) {
            // Anyone could, and not all are stuck unless nobody is left who is not.
            return standstillSince == nil ? .threads(everyone) : .stuck(everyone)
        }
        var wakers: [ThreadID] = []
        for source in node.sources { for waker in source.wakers where !wakers.contains(waker) { wakers.append(waker) } }
        wakers.removeAll { $0 == id }
        if wakers.isEmpty { return .nobody }
        return wakers.allSatisfy(stuck.contains) ? .stuck(wakers) : .threads(wakers)
    }

    /// Threads beyond this number are not searched for circles.
    private static let mostSearched = 32
    /// A step to a thread that is one of many, against one to a thread that is known.
    private static let guess = 1000

    /// Circles among threads that sleep without an end in sight; each thread is in one at most, and the surest come first.
    /// At most one step is a guess, two where nobody runs; and one at least is a thing that somebody has or alone can make:
    /// threads that wait for signals of each other hold nothing.
    private static func cycles(
        _ nodes: [ThreadID: Node], among sleepers: Set<ThreadID>, _ stuck: Set<ThreadID>, mostGuesses: Int
    ) -> [[ThreadID]] {
        var found: [(cost: Int, circle: [ThreadID])] = []
        let searched = Array(sleepers.sorted().prefix(mostSearched))
        let places = Dictionary(uniqueKeysWithValues: zip(searched, searched.indices))
        let prices = searched.map { Self.prices(nodes[$0], places, stuck) }
        for start in searched.indices {
            if let (cost, circle) = circle(through: start, prices, most: (mostGuesses + 1) * guess) {
                found.append((cost, circle.map { searched[$0] }))
            }
        }
        var taken: Set<ThreadID> = []
        var answer: [[ThreadID]] = []
        for (_, circle) in found.sorted(by: { ($0.cost, $0.circle[0]) < ($1.cost, $1.circle[0]) }) {
            guard taken.isDisjoint(with: circle), holdsSomething(circle, nodes) else { continue }
            taken.formUnion(circle)
            answer.append(circle)
        }
        return answer
    }

    private static func holdsSomething(_ circle: [ThreadID], _ nodes: [ThreadID: Node]) -> Bool {
        circle.contains { id in
            nodes[id]?.sources.contains { source in
                if case .word = source.kind { return source.isLock }
                return true
            } ?? false
        }
    }

    /// What the steps from a thread to those that could wake it cost, by the places of those; `.max` for the others.
    private static func prices(_ node: Node?, _ places: [ThreadID: Int], _ stuck: Set<ThreadID>) -> [Int] {
        var prices = [Int](repeating: .max, count: places.count)
        guard let node else { return prices }
        let id = node.thread.thread
        for source in node.sources where !source.isKnown && (source.isLock || stuck.contains(id)) {
            for waker in source.wakers where waker != id {
                if let place = places[waker] { prices[place] = guess }
            }
        }
        for source in node.sources where source.isKnown {
            for waker in source.wakers { if let place = places[waker] { prices[place] = 1 } }
        }
        return prices
    }

    /// The cheapest way from `start` back to it (Dijkstra, over few threads).
    private static func circle(through start: Int, _ prices: [[Int]], most: Int) -> (cost: Int, circle: [Int])? {
        let count = prices.count
        // What leads away from `start` is known; its own cost is that of the way back.
        var cost = prices[start]
        var previous = [Int](repeating: start, count: count)
        var isDone = [Bool](repeating: false, count: count)
        while true {
            var current = -1
            for place in 0..<count where !isDone[place] && cost[place] != .max {
                if current < 0 || cost[place] < cost[current] { current = place }
            }
            guard current >= 0, cost[current] < most else { return nil }
            guard current != start else { break }
            isDone[current] = true
            for next in 0..<count where prices[current][next] != .max {
                let price = cost[current] + prices[current][next]
                guard price < cost[next] else { continue }
                cost[next] = price
                previous[next] = current
            }
        }
        var circle = [start]
        var step = previous[start]
        while step != start {
            circle.insert(step, at: 1)
            step = previous[step]
        }
        return (cost[start], circle)
    }
}

extension WaitGraph.Node {
    /// It sleeps, and neither a timeout nor the rest of the world ends that.
    fileprivate var canBeStuck: Bool { thread.deadline == nil }

    /// As `canBeStuck`, and every end of the wait lies in the program.
    fileprivate var canBeInCircle: Bool { canBeStuck && !sources.contains { $0.kind == .outside } }
}
