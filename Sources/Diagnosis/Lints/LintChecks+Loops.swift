import Decode
import Model
import Trace
import WasixABI

/// Habits of threads: loops that ask too often, take too long or sleep in the wrong place.
extension LintChecks {
    private static let busyRate = 1_000.0
    private static let usefulShare = 0.05
    private static let pollRate = 100.0
    private static let sleepRate = 100.0
    private static let interruptedRate = 50.0
    private static let clampedWaits: UInt64 = 10
    /// What the C library asks for at most.
    private static let clamp: UInt64 = 64
    private static let slowTicks: UInt64 = 3
    private static let blocks: UInt64 = 3
    /// Who has waited for events less often is no loop: on a busy machine any call sleeps for long.
    private static let leastWaits: UInt64 = 10

    static func loops(_ facts: LintFacts) -> [Finding] {
        facts.habits.threads.sorted { $0.key < $1.key }.flatMap { id, habits -> [Finding] in
            guard facts.isAlive(id) else { return [] }
            return [
                busy(id, habits, facts), large(id, habits, facts), sleepy(id, habits, facts),
                interrupted(id, habits, facts), clamped(id, habits, facts), slow(id, habits, facts),
                blocking(id, habits, facts) ?? blocked(id, habits, facts),
            ].compactMap { $0 }
        }
    }

    private static func finding(_ lint: LintID, _ id: ThreadID, _ facts: LintFacts, _ text: String) -> Finding {
        var finding = Finding(lint, .thread(id), since: facts.now, "T\(id.rawValue) " + text)
        finding.threads = [id]
        return finding
    }

    private static func busy(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        let empty = habits.emptyPolls.perSecond
        let all = empty + habits.usefulPolls.perSecond
        guard empty >= busyRate, habits.usefulPolls.perSecond < usefulShare * all, habits.work.perSecond < all / 5
        else {
            return nil
        }
        var finding = finding(
            .busyPoll, id, facts,
            "asks \(Int(all)) times a second without waiting, and \(Int(100 * empty / all)) % of the answers are empty."
        )
        finding.offence = habits.asking.map { StackWish(thread: id, call: $0) }
        return finding
    }

    private static func large(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        guard habits.largePolls.perSecond >= pollRate else { return nil }
        var finding = finding(
            .pollForMany, id, facts,
            "polls \(habits.polled) subscriptions \(Int(habits.largePolls.perSecond)) times a second.")
        finding.offence = habits.asking.map { StackWish(thread: id, call: $0) }
        return finding
    }

    private static func sleepy(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        guard habits.shortSleeps.perSecond >= sleepRate, habits.work.perSecond < habits.shortSleeps.perSecond / 5 else {
            return nil
        }
        var finding = finding(
            .sleepLoop, id, facts,
            "sleeps for less than 5 ms, \(Int(habits.shortSleeps.perSecond)) times a second, and does nothing in between."
        )
        finding.offence = habits.dozing.map { StackWish(thread: id, call: $0) }
        return finding
    }

    private static func interrupted(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        guard habits.interrupted.perSecond >= interruptedRate else { return nil }
        var finding = finding(
            .eintrStorm, id, facts, "has \(Int(habits.interrupted.perSecond)) waits a second ended by signals.")
        finding.offence = StackWish(thread: id, call: .epollWait, errno: .intr)
        return finding
    }

    private static func clamped(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        guard habits.fullWaits >= clampedWaits, habits.mostEvents == clamp else { return nil }
        var finding = finding(
            .waitClamped, id, facts,
            "got 64 events from each of the last \(habits.fullWaits) waits, which is the most that the C library asks for."
        )
        finding.count = habits.fullWaits
        finding.offence = StackWish(thread: id, call: .epollWait, errno: .success)
        return finding
    }

    /// Of a guest that has ended by now, how long its calls took says more of a busy machine than of a loop.
    private static func isBrief(_ facts: LintFacts) -> Bool {
        facts.model.guest.hasEnded && facts.model.uptime < longEnough
    }

    private static let longEnough: UInt64 = 1_000_000_000

    private static func slow(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        guard !isBrief(facts), habits.slowTicks >= slowTicks, habits.slowTicks * 10 >= habits.waits,
            let slowest = habits.slowest
        else {
            return nil
        }
        var finding = finding(
            .slowHandler, id, facts,
            "took over 50 ms between two waits \(count(habits.slowTicks, "time")), at most "
                + "\(DurationFormat.short(slowest.nanoseconds)).")
        finding.since = slowest.at
        finding.count = habits.slowTicks
        finding.evidence = [
            Evidence(
                "the wait before the longest", entry: slowest.entry, thread: id, at: slowest.at &- slowest.nanoseconds)
        ]
        return finding
    }

    private static func blocking(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        guard !isBrief(facts), habits.waits >= leastWaits, habits.blocks >= blocks,
            habits.blocks * 10 >= habits.waits, let longest = habits.longestBlock,
            let call = longest.call
        else { return nil }
        var finding = finding(
            .blockingCallInLoop, id, facts,
            "runs an event loop and slept in \(call.spec.name) \(count(habits.blocks, "time")), at most "
                + "\(DurationFormat.short(longest.nanoseconds)).")
        finding.since = longest.at
        finding.count = habits.blocks
        finding.evidence = [Evidence("the longest", entry: longest.entry, thread: id, at: longest.at, isDeed: true)]
        finding.offence = StackWish(thread: id, call: call, leastWait: Habits.longBlock)
        return finding
    }

    /// It sleeps in such a call now, and something that its loop watches has been ready for as long as this.
    private static let readyLong: UInt64 = 1_000_000_000

    private static func blocked(_ id: ThreadID, _ habits: ThreadHabits, _ facts: LintFacts) -> Finding? {
        guard habits.waits > 0, let thread = facts.graph.nodes[id]?.thread, let call = thread.call, !call.isEventWait,
            call != .threadJoin, !facts.graph.stuck.contains(id), facts.now > thread.blockedSince &+ readyLong,
            // Of threads that share an instance one may wait while another has its events.
            facts.loops(of: habits.instance).allSatisfy({ $0 == id || !facts.isAlive($0) }),
            let row = facts.instances.first(where: { $0.id == habits.instance })?.items.first(where: {
                isWaitedFor($0, at: facts.now)
            })
        else { return nil }
        let name = facts.name(row.item.fd, row.item.object)
        var finding = finding(
            .blockingCallInLoop, id, facts,
            "runs an event loop and has been in \(call.spec.name) for \(facts.age(thread.blockedSince)), while \(name) is ready."
        )
        finding.since = thread.blockedSince
        finding.fd = row.item.fd
        finding.evidence = [
            Evidence("it went to sleep in \(call.spec.name)", thread: id, at: thread.blockedSince),
            Evidence("\(name) is ready (\(EventText.long(ItemVerdict.asked(row.item))))", at: row.unchangedSince),
        ]
        return finding
    }

    /// The next wait would report that there is something to read, and so it was for long.
    private static func isWaitedFor(_ row: ItemRow, at now: UInt64) -> Bool {
        !row.mark.isClosed && now > row.unchangedSince &+ readyLong && ItemVerdict(row, at: now).isReported
            && !ItemVerdict.asked(row.item).subtracting(.out).isEmpty
    }
}
