import Decode
import Model
import Trace
import WasixABI

/// Registrations: what is there and is not told, told and not handled, or told without end.
extension LintChecks {
    /// Reports in a row without anything done that make a storm.
    private static let storm: UInt64 = 50
    /// Waits with a long line behind them that make a finding.
    private static let crowds: UInt64 = 20
    private static let ghostHold: UInt64 = 250_000_000

    static func registrations(_ facts: LintFacts) -> [Finding] {
        facts.items(isWorthALook).compactMap { place in
            let instance = facts.instances[place.instance]
            let row = instance.items[place.item]
            let verdict = ItemVerdict(row, at: facts.now)
            if verdict.isGhost { return ghost(instance, row, facts) }
            switch verdict.kind {
            case .edgeSpent: return edgeSpent(instance, row, facts)
            case .oneShotSpent: return oneShotSpent(instance, row, facts)
            case .peerClosed: return peerGone(instance, row, facts)
            default: return leftUnread(instance, row, facts) ?? hungUp(instance, row, facts)
            }
        }
    }

    /// Something was said of it that may be wrong, or the other side has gone: of thousands few are.
    private static func isWorthALook(_ item: ItemSnapshot) -> Bool {
        item.isGhost || item.reason == .edgeSpent || item.reason == .oneShotSpent
            || !item.ready.isDisjoint(with: [.hup, .rdhup])
    }

    private static func finding(
        _ lint: LintID, _ instance: EpollRow, _ row: ItemRow, since: UInt64, _ text: String, _ facts: LintFacts
    ) -> Finding {
        var finding = Finding(lint, .item(row.id), since: since, text)
        finding.fd = row.item.fd
        finding.threads = facts.loops(of: instance.id)
        return finding
    }

    /// The guest has ended before it could be seen how long an edge stayed spent. It was lost all the same when the thread that
    /// read the last went back to a wait that does not report the rest.
    private static func leftUnread(_ instance: EpollRow, _ row: ItemRow, _ facts: LintFacts) -> Finding? {
        let item = row.item
        guard facts.isEnd, !facts.habits.hasLost, item.reason == .edgeSpent, row.unread ?? 0 > 0,
            !ItemVerdict.asked(item).isDisjoint(with: [.in, .pri]),
            let read = facts.habits.objects[item.object]?.lastRead
        else { return nil }
        let passed = facts.habits.passedOver[Habits.RegistrationKey(instance: instance.id, fd: item.fd)]
        let hasPassed = passed.map { $0.thread == read.thread && $0.entry > read.entry } ?? false
        let waits = facts.graph.nodes[read.thread]?.thread
        let isBack = waits?.call == .epollWait && waits?.objects.0 == instance.id && waits?.blockedSince ?? 0 >= read.at
        guard hasPassed || isBack, var finding = edgeSpent(instance, row, facts) else { return nil }
        finding.since = read.at
        finding.hold = 0
        return finding
    }

    private static func edgeSpent(_ instance: EpollRow, _ row: ItemRow, _ facts: LintFacts) -> Finding? {
        let item = row.item
        // Every write to a counter is a new edge: a waker need never be read.
        guard item.kind != .eventCounter else { return nil }
        let what = row.unread.flatMap { $0 > 0 ? QueueText.noun($0, item.kind) : nil }
        let text =
            "\(facts.name(item.fd, item.object)) \(facts.isEnd ? "had" : "has") \(what ?? "something unread") and nobody "
            + "\(facts.isEnd ? "heard" : "will hear") of it: edge \(item.reportedEdge) was reported, and what is left makes no new one."
        var finding = finding(.etNotDrained, instance, row, since: row.unchangedSince, text, facts)
        finding.stack = item.shortRead
        if let made = made(item.reportedEdge, instance, item, facts) { finding.evidence.append(made) }
        finding.evidence.append(
            Evidence(
                "edge \(item.reportedEdge) was reported to a wait on epoll \(instance.epoll.fd.rawValue)",
                at: item.lastReportedAt))
        if let read = facts.habits.objects[item.object]?.lastRead {
            let what = item.kind.isListener ? "accepted one connection" : "read"
            finding.evidence.append(
                Evidence(
                    "T\(read.thread.rawValue) \(what), and left the rest", entry: read.entry, thread: read.thread,
                    at: read.at, isDeed: true))
            finding.threads = [read.thread] + finding.threads.filter { $0 != read.thread }
        }
        if let waiter = instance.epoll.waiters.first, let thread = facts.thread(waiter) {
            finding.evidence.append(
                Evidence(
                    "T\(waiter.rawValue) waits again: only a new edge ends it", thread: waiter, at: thread.blockedSince)
            )
        }
        return finding
    }

    /// `T2 made edge 5`
    private static func made(
        _ edge: UInt64, _ instance: EpollRow, _ item: ItemSnapshot, _ facts: LintFacts
    ) -> Evidence? {
        let key = Habits.RegistrationKey(instance: instance.id, fd: item.fd)
        guard let maker = facts.habits.makers[key], maker.edge == UInt32(truncatingIfNeeded: edge) else { return nil }
        let moment = maker.moment
        return Evidence(
            "T\(moment.thread.rawValue) made edge \(edge)", entry: moment.entry, thread: moment.thread, at: moment.at)
    }

    private static func oneShotSpent(_ instance: EpollRow, _ row: ItemRow, _ facts: LintFacts) -> Finding {
        let item = row.item
        let what = row.unread.flatMap { $0 > 0 ? QueueText.noun($0, item.kind) : nil } ?? EventText.long(item.ready)
        var finding = finding(
            .oneshotNotRearmed, instance, row, since: row.unchangedSince,
            "\(facts.name(item.fd, item.object)) has \(what), but its one-shot registration is off since it was reported.",
            facts)
        if let made = made(item.edges, instance, item, facts) { finding.evidence.append(made) }
        finding.evidence.append(
            Evidence("reported \(EventText.long(item.lastReported)); no EPOLL_CTL_MOD since", at: item.lastReportedAt))
        if let read = facts.habits.objects[item.object]?.lastRead {
            finding.evidence.append(
                Evidence("T\(read.thread.rawValue) last read it", entry: read.entry, thread: read.thread, at: read.at))
        }
        return finding
    }

    private static func peerGone(_ instance: EpollRow, _ row: ItemRow, _ facts: LintFacts) -> Finding {
        let item = row.item
        var finding = finding(
            .peerGoneStillOpen, instance, row, since: row.unchangedSince,
            "The other side of \(facts.name(item.fd, item.object)) has closed, that was reported, and it is still open.",
            facts)
        finding.evidence.append(Evidence("reported \(EventText.long(item.lastReported))", at: item.lastReportedAt))
        return finding
    }

    private static func hungUp(_ instance: EpollRow, _ row: ItemRow, _ facts: LintFacts) -> Finding? {
        let item = row.item
        guard !item.ready.isDisjoint(with: [.hup, .rdhup]), item.reports > 0, (row.unread ?? 0) == 0,
            item.kind != .pipeWrite
        else { return nil }
        // Half closed, and the program still writes its part.
        let written = facts.habits.objects[item.object]?.lastWrite?.at ?? 0
        var finding = finding(
            .hupNotClosed, instance, row, since: max(row.unchangedSince, written),
            "The other side of \(facts.name(item.fd, item.object)) has closed, and it is still open and watched.", facts
        )
        finding.evidence.append(Evidence("reported \(EventText.long(item.lastReported))", at: item.lastReportedAt))
        return finding
    }

    private static func ghost(_ instance: EpollRow, _ row: ItemRow, _ facts: LintFacts) -> Finding? {
        let item = row.item
        guard facts.now > row.unchangedSince &+ ghostHold || item.reports > 0 else { return nil }
        return finding(
            .ghostItem, instance, row, since: max(row.mark.firstSeen, row.unchangedSince),
            "fd \(item.fd.rawValue) was closed, but a duplicate keeps its registration with epoll "
                + "\(instance.epoll.fd.rawValue) alive: it reports, and EPOLL_CTL_DEL cannot name it.", facts)
    }

    // MARK: what is reported again and again

    static func storms(_ facts: LintFacts, _ memory: LintMemory) -> [Finding] {
        facts.items { $0.reason == .reportedLevel && $0.kind != .epoll }.compactMap { place in
            let instance = facts.instances[place.instance]
            return storm(instance, instance.items[place.item], facts, memory)
        }
            + facts.instances.compactMap { crowded($0, facts) }
    }

    private static func storm(
        _ instance: EpollRow, _ row: ItemRow, _ facts: LintFacts, _ memory: LintMemory
    ) -> Finding? {
        let item = row.item
        guard let base = memory.baselines[row.id] else { return nil }
        let reports = item.reports &- base.reports
        guard reports >= storm else { return nil }
        let elapsed = Double(max(facts.now &- base.at, 1)) / 1e9
        let rate = UInt64(Double(reports) / elapsed)
        // A loop that comes by now and then while it is busy with something else is no storm.
        guard rate >= storm else { return nil }
        // What has just come is about to be read: it is not what was reported all the time.
        guard let events = base.events, !events.isEmpty else { return nil }
        let isRoom = events == .out
        var finding = finding(
            isRoom ? .writableAlways : .ltStorm, instance, row, since: base.at,
            isRoom
                ? "\(facts.name(item.fd, item.object)) is writable, and every wait says so, \(rate) times a second; nothing "
                    + "is written."
                : "\(facts.name(item.fd, item.object)) \(EventText.long(events)) was reported "
                    + "\(count(reports, "time")) in a row, \(rate) a second, and no call touched it.", facts)
        finding.count = reports
        finding.evidence.append(
            Evidence("\(count(reports, "report")) in \(DurationFormat.short(facts.now &- base.at)), no call on it"))
        return finding
    }

    private static func crowded(_ instance: EpollRow, _ facts: LintFacts) -> Finding? {
        let epoll = instance.epoll
        // Once in a while a burst is more than a loop takes at once.
        guard epoll.crowdedWaits >= crowds, epoll.crowdedWaits * 4 >= epoll.waits else { return nil }
        var finding = Finding(
            .waitOrderStarvation, .object(instance.id), since: facts.now,
            "\(count(epoll.crowdedWaits, "wait")) on epoll \(epoll.fd.rawValue) had room for so few events that the last ready "
                + "registration had to wait for eight more.")
        finding.fd = epoll.fd
        finding.threads = facts.loops(of: instance.id)
        finding.count = epoll.crowdedWaits
        return finding
    }
}

extension ObjectKind {
    var isListener: Bool { self == .tcpListener || self == .unixListener }
}
