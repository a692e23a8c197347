import Model
import Trace
import WasixABI

/// What was read and written, and what was not.
extension LintChecks {
    private static let herd: UInt64 = 10
    private static let fewReports: UInt64 = 20

    static func transfers(_ facts: LintFacts) -> [Finding] {
        facts.descriptors.flatMap { row -> [Finding] in
            let descriptor = row.descriptor
            var found: [Finding] = []
            if isUnheard(row, facts) { found.append(unheard(row, facts)) }
            if descriptor.kind.isListener, let starved = starved(descriptor, facts) { found.append(starved) }
            guard let habits = facts.habits.objects[descriptor.object] else { return found }
            found += [
                again(descriptor, habits, facts), short(descriptor, habits, facts), races(descriptor, habits, facts),
            ].compactMap { $0 }
            return found
        }
    }

    private static func finding(
        _ lint: LintID, _ descriptor: DescriptorSnapshot, since: UInt64, _ text: String, _ facts: LintFacts
    ) -> Finding {
        var finding = Finding(
            lint, .object(descriptor.object), since: since, facts.name(descriptor.fd, descriptor.object) + " " + text)
        finding.fd = descriptor.fd
        return finding
    }

    private static func unheard(_ row: DescriptorRow, _ facts: LintFacts) -> Finding {
        let descriptor = row.descriptor
        let last = facts.habits.users.writers(of: descriptor.peerOrSelf).last
        var finding = finding(
            .eventNoWaiter, descriptor, since: facts.now,
            "has something to read, and nobody watches, polls or reads it.", facts)
        if let last {
            finding.threads = [last.thread]
            finding.evidence = [
                Evidence("T\(last.thread.rawValue) wrote it", entry: last.entry, thread: last.thread, isDeed: true)
            ]
        }
        return finding
    }

    private static func starved(_ descriptor: DescriptorSnapshot, _ facts: LintFacts) -> Finding? {
        guard let queue = descriptor.queue, queue.used > 0 else { return nil }
        guard let (instance, row) = facts.registrations(of: descriptor.object).first else { return nil }
        // Of a registration that will not be reported again another lint tells.
        guard row.item.reason != .edgeSpent, row.item.reason != .oneShotSpent else { return nil }
        // Since when: no accept came for that long.
        let touched = facts.habits.objects[descriptor.object]?.lastRead?.at ?? 0
        let since = max(touched, row.unchangedSince)
        guard instance.waitsPerSecond > 0 || instance.epoll.waits > 1, facts.now > since &+ 1_000_000_000 else {
            return nil
        }
        var finding = finding(
            .acceptStarved, descriptor, since: since,
            "has \(count(queue.used, "connection")) waiting to be accepted for \(facts.age(since)), while the loop goes on.",
            facts)
        finding.threads = facts.loops(of: instance.id)
        return finding
    }

    private static func again(
        _ descriptor: DescriptorSnapshot, _ habits: ObjectHabits, _ facts: LintFacts
    ) -> Finding? {
        guard let again = habits.again, !facts.habits.hasLost, descriptor.watchedBy.isEmpty,
            !facts.isWatched(descriptor.object), !facts.isAwaited(descriptor.object), facts.isAlive(again.thread)
        else { return nil }
        var finding = finding(
            .unwatchedNonblock, descriptor, since: again.at,
            "answered AGAIN \(facts.age(again.at)) ago, and is in no interest list and no poll.", facts)
        finding.threads = [again.thread]
        finding.evidence = [
            Evidence(
                "T\(again.thread.rawValue) got AGAIN", entry: again.entry, thread: again.thread, at: again.at,
                isDeed: true)
        ]
        return finding
    }

    private static func short(
        _ descriptor: DescriptorSnapshot, _ habits: ObjectHabits, _ facts: LintFacts
    ) -> Finding? {
        guard let short = habits.shortWrite, !facts.habits.hasLost else { return nil }
        let isAwaited = facts.registrations(of: descriptor.object).contains { $0.row.item.mask.contains(.out) }
        guard !isAwaited, !facts.isPolling else { return nil }
        var finding = finding(
            .shortWriteLost, descriptor, since: short.moment.at,
            "took \(short.taken) of \(short.asked) bytes \(facts.age(short.moment.at)) ago, and the rest was never written.",
            facts)
        finding.threads = [short.moment.thread]
        finding.evidence = [
            Evidence(
                "T\(short.moment.thread.rawValue) wrote \(short.taken) of \(short.asked)", entry: short.moment.entry,
                thread: short.moment.thread, at: short.moment.at, isDeed: true)
        ]
        return finding
    }

    private static func races(
        _ descriptor: DescriptorSnapshot, _ habits: ObjectHabits, _ facts: LintFacts
    ) -> Finding? {
        let all = habits.useful + habits.raced + habits.spurious
        if habits.raced >= herd, habits.raced * 2 >= habits.useful {
            var finding = finding(
                .thunderingHerd, descriptor, since: facts.now,
                "woke several threads for each event: \(habits.raced) of \(all) first reads found nothing, because another "
                    + "thread was faster.", facts)
            finding.count = habits.raced
            addReader(habits, to: &finding)
            return finding
        }
        guard all >= fewReports, habits.spurious * 5 > all else { return nil }
        var finding = finding(
            .spuriousEvents, descriptor, since: facts.now,
            "was reported readable \(all) times, and \(habits.spurious) times the first read found nothing.", facts)
        finding.count = habits.spurious
        addReader(habits, to: &finding)
        return finding
    }

    /// Who last read in vain, and the read whose like it is about.
    private static func addReader(_ habits: ObjectHabits, to finding: inout Finding) {
        guard let reader = habits.lastInVain else { return }
        finding.threads = [reader.thread]
        finding.offence = StackWish(thread: reader.thread, call: reader.call, errno: .again)
    }
}

extension DescriptorSnapshot {
    /// What is written to bring something here: the other end of a channel, an eventfd itself.
    fileprivate var peerOrSelf: ObjectID {
        if case .channel(_, let peer) = detail { return peer }
        return object
    }
}
