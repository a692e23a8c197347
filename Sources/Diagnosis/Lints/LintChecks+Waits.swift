import Decode
import Model
import Trace
import WasixABI

/// Threads that nothing will wake.
extension LintChecks {
    static func waits(_ facts: LintFacts) -> [Finding] {
        let graph = facts.graph
        var found: [Finding] = graph.cycles.compactMap { cycle($0, facts) }
        for node in graph.nodes.values.sorted(by: { $0.thread.thread < $1.thread.thread }) {
            if let finding = emptyList(node, facts) ?? stuckTransfer(node, facts) { found.append(finding) }
        }
        if let since = graph.standstillSince {
            var finding = Finding(
                .allBlocked, .process, since: since,
                standstill(graph))
            let nodes = graph.nodes.values.sorted { $0.thread.blockedSince > $1.thread.blockedSince }
            finding.threads = nodes.map(\.thread.thread)
            finding.evidence = nodes.prefix(8).map { step($0, facts) }
            found.append(finding)
        }
        return found
    }

    private static func standstill(_ graph: WaitGraph) -> String {
        guard graph.alive > 1 else { return "The only thread waits, and nothing can wake it." }
        let sources = graph.nodes.values.map(\.sources)
        let lock = sources.first?.first
        if let lock, lock.isLock, sources.allSatisfy({ $0.count == 1 && $0[0].kind == lock.kind }) {
            return
                "All \(graph.alive) threads wait for \(lock.name): one of them has it already, or whoever had it has ended."
        }
        return "All \(graph.alive) threads wait, and nothing but they could wake one."
    }

    /// `T2 waits in fd_write for fd 4 pipe#1 w`
    static func step(_ node: WaitGraph.Node, _ facts: LintFacts) -> Evidence {
        let call = node.thread.call?.spec.name ?? "a call"
        let what = node.sources.count == 1 ? " for \(node.sources[0].name)" : " for \(node.sources.count) things"
        return Evidence(
            "T\(node.thread.thread.rawValue) waits in \(call)\(what)", thread: node.thread.thread,
            at: node.thread.blockedSince)
    }

    private static func cycle(_ circle: [ThreadID], _ facts: LintFacts) -> Finding? {
        let nodes = circle.compactMap { facts.graph.nodes[$0] }
        guard circle.count > 1, nodes.count == circle.count else { return nil }
        // Two threads that both wait for events of each other are a client and a server with nothing to say, or one whose
        // edge is spent: not a circle of calls that hold something.
        guard !nodes.contains(where: \.isEventWait) else { return nil }
        var certain = true
        var parts: [String] = []
        for (index, node) in nodes.enumerated() {
            let next = circle[(index + 1) % circle.count]
            let source = node.sources.first { $0.wakers.contains(next) } ?? node.sources.first
            if source?.isKnown == false || source?.isLock == true && source?.namesOwner == false { certain = false }
            parts.append(
                "T\(node.thread.thread.rawValue) waits for \(source?.name ?? "something"), which "
                    + Self.part(of: next, in: source)
            )
        }
        var finding = Finding(
            .waitCycle, .threads(circle.sorted()), since: nodes.map(\.thread.blockedSince).max() ?? 0,
            parts.joined(separator: "; ") + ". No timeout ends it.")
        finding.isCertain = certain
        // When nobody at all runs, a guess at who holds the lock is as good as a fact.
        if !certain, facts.graph.standstillSince == nil { finding.hold = GuestVerdict.doubtfulHold }
        finding.threads = circle
        finding.fd = nodes.lazy.flatMap(\.sources).compactMap(\.fd).first
        finding.evidence =
            nodes.flatMap { taken($0, facts) }
            + nodes.sorted { $0.thread.blockedSince < $1.thread.blockedSince }.map { step($0, facts) }
        return finding
    }

    /// Where the locks that a thread waits for were taken, as far as a call shows it: whoever found one free made none.
    private static func taken(_ node: WaitGraph.Node, _ facts: LintFacts) -> [Evidence] {
        node.sources.compactMap { source in
            guard source.isLock, case .word(let address) = source.kind,
                let holder = facts.habits.users.holder(of: address, in: node.thread.process),
                source.wakers.contains(holder.thread)
            else { return nil }
            return Evidence(
                "T\(holder.thread.rawValue) got \(source.name)", entry: holder.entry, thread: holder.thread)
        }
    }

    /// What `thread` has to do with what another one waits for.
    private static func part(of thread: ThreadID, in source: WaitGraph.Source?) -> String {
        let name = "T\(thread.rawValue)"
        guard source?.isLock == true else {
            return "\(name) \(source?.isKnown == true ? "has" : "most likely has") to end"
        }
        return "\(name) \(source?.namesOwner == true ? "has" : "most likely has")"
    }

    /// Nothing that is registered can become ready, and nobody is left who could register something.
    private static func emptyList(_ node: WaitGraph.Node, _ facts: LintFacts) -> Finding? {
        let thread = node.thread
        guard thread.deadline == nil, node.isEventWait, node.sources.allSatisfy({ $0.kind == .nothing }) else {
            return nil
        }
        let others = facts.model.threads.map(\.thread).filter { $0.state != .ended && $0.thread != thread.thread }
        let isAlone = others.allSatisfy { other in
            guard let end = facts.graph.nodes[other.thread]?.end else { return false }
            switch end {
            case .nobody, .stuck: return true
            case .threads(let wakers): return wakers == [thread.thread]
            case .timer, .outside: return false
            }
        }
        guard isAlone else { return nil }
        let instance = facts.model.epolls.first { $0.id == thread.objects.0 }
        let items = instance?.items.filter { !$0.mark.isClosed } ?? []
        let list =
            items.isEmpty
            ? "its interest list is empty" : "all \(items.count) registrations are one-shot and spent"
        var finding = Finding(
            .nothingCanWake, .thread(thread.thread), since: thread.blockedSince,
            "T\(thread.thread.rawValue) waits for ever on epoll \(instance?.epoll.fd.rawValue ?? 0): \(list).")
        finding.threads = [thread.thread]
        finding.fd = instance?.epoll.fd
        finding.evidence = [step(node, facts)]
        return finding
    }

    /// A read or write on a channel whose other end nobody will use.
    private static func stuckTransfer(_ node: WaitGraph.Node, _ facts: LintFacts) -> Finding? {
        let thread = node.thread
        guard thread.deadline == nil, facts.graph.stuck.contains(thread.thread), let call = thread.call,
            node.sources.count == 1, case .channel(let object) = node.sources[0].kind,
            let descriptor = facts.descriptor(of: object),
            case .channel(_, let peer) = descriptor.detail
        else { return nil }
        let source = node.sources[0]
        if call == .fdWrite || call == .sockSend {
            let readers = facts.habits.users.readers(of: peer).map(\.thread)
            guard readers == [thread.thread] || (readers.isEmpty && facts.graph.alive == 1) else { return nil }
            var finding = Finding(
                .selfPipeFull, .thread(thread.thread), since: thread.blockedSince,
                "T\(thread.thread.rawValue) waits for room in \(source.name), which is full and which only T"
                    + "\(thread.thread.rawValue) itself reads.")
            finding.threads = [thread.thread]
            finding.fd = source.fd
            finding.evidence = [step(node, facts)]
            return finding
        }
        guard call == .fdRead || call == .sockRecv,
            let other = facts.descriptor(of: peer)
        else { return nil }
        let writers = facts.habits.users.writers(of: peer).map(\.thread)
        let alive = source.isKnown ? source.wakers : writers.filter { writer in facts.isAlive(writer) }
        guard alive.allSatisfy({ $0 == thread.thread }), !writers.isEmpty || facts.graph.alive == 1 else { return nil }
        var finding = Finding(
            .writeEndStillOpen, .thread(thread.thread), since: thread.blockedSince,
            "T\(thread.thread.rawValue) reads \(source.name) and waits for more or for its end, but "
                + (other.process == .initial && thread.process == .initial
                    ? "the program itself"
                    : other.process == thread.process ? "its own process" : "P\(other.process.rawValue)")
                + " holds the other end open as fd \(other.fd.rawValue), and nobody writes it any more.")
        finding.threads = [thread.thread]
        finding.fd = other.fd
        finding.evidence = [step(node, facts)]
        if let last = facts.habits.users.writers(of: peer).last {
            finding.evidence.insert(
                Evidence(
                    "T\(last.thread.rawValue) wrote it last, \(count(last.count, "time")) in all", entry: last.entry,
                    thread: last.thread), at: 0)
        }
        return finding
    }

    // MARK: wake-ups that reach nobody

    /// Wake-ups in a row that find nobody until they say something.
    private static let emptyWakes: UInt64 = 3

    static func wakeUps(_ facts: LintFacts) -> [Finding] {
        var found: [Finding] = []
        for node in facts.graph.nodes.values {
            let thread = node.thread
            if thread.call?.waitsForWord == true, let lost = lost(thread, facts) { found.append(lost) }
            if let unheard = unheard(node, facts) { found.append(unheard) }
        }
        return found
    }

    private static func lost(_ thread: ThreadSnapshot, _ facts: LintFacts) -> Finding? {
        guard thread.deadline == nil, let wake = thread.missedWake, wake.thread != thread.thread else { return nil }
        let address = thread.wordAddress
        let early = thread.blockedSince > wake.at ? thread.blockedSince &- wake.at : 0
        var finding = Finding(
            .lostWakeup, .word(address), since: thread.blockedSince,
            "T\(thread.thread.rawValue) sleeps on the word at 0x\(String(address, radix: 16)); T\(wake.thread.rawValue) woke it "
                + "\(DurationFormat.short(early)) too early, when nobody waited, and the word was the same all the time."
        )
        finding.threads = [thread.thread, wake.thread]
        let empty = facts.habits.emptyWakes.last { $0.address == address && $0.thread == wake.thread }
        finding.evidence = [
            Evidence(
                "T\(wake.thread.rawValue) \((empty?.call ?? .futexWake).spec.name) found nobody", entry: empty?.entry,
                thread: wake.thread, at: wake.at),
            Evidence(
                "T\(thread.thread.rawValue) \((thread.call ?? .futexWait).spec.name) goes to sleep",
                thread: thread.thread,
                at: thread.blockedSince),
        ]
        return finding
    }

    /// A loop that sleeps while another thread has written something that its instance does not watch.
    private static func unheard(_ node: WaitGraph.Node, _ facts: LintFacts) -> Finding? {
        let thread = node.thread
        guard thread.call == .epollWait, thread.deadline == nil else { return nil }
        let missed = facts.unheardCounters.first { row in
            let writers = facts.habits.users.writers(of: row.descriptor.object)
            return !writers.isEmpty && writers.allSatisfy { $0.thread != thread.thread }
        }
        if let missed {
            let writers = facts.habits.users.writers(of: missed.descriptor.object)
            var finding = Finding(
                .guestBuiltWithoutWaker, .thread(thread.thread), since: thread.blockedSince,
                "T\(thread.thread.rawValue) sleeps in epoll_wait; T\(writers[0].thread.rawValue) wrote "
                    + "\(facts.name(missed.descriptor.fd, missed.descriptor.object)) to wake it, but no interest list has that."
            )
            finding.threads = [thread.thread, writers[0].thread]
            finding.fd = missed.descriptor.fd
            finding.evidence = [
                Evidence("T\(writers[0].thread.rawValue) wrote it", entry: writers[0].entry, thread: writers[0].thread)
            ]
            return finding
        }
        // Wake-ups of a word on which no thread has ever slept. One alone may be that of a thread that ends, for whoever joins
        // it.
        guard
            let wake = facts.habits.emptyWakes.last(where: {
                $0.thread != thread.thread && $0.at >= thread.blockedSince && !facts.habits.sleptOn.contains($0.address)
                    && ($0.count >= emptyWakes || facts.graph.stuck.contains(thread.thread) && facts.isAlive($0.thread))
            })
        else { return nil }
        var finding = Finding(
            .guestBuiltWithoutWaker, .thread(thread.thread), since: max(thread.blockedSince, wake.first),
            "T\(thread.thread.rawValue) sleeps in epoll_wait; T\(wake.thread.rawValue) called \(wake.call.spec.name) on "
                + "0x\(String(wake.address, radix: 16)), on which nobody waits: that does not end epoll_wait.")
        finding.isCertain = false
        finding.threads = [thread.thread, wake.thread]
        finding.evidence = [
            Evidence(
                "T\(wake.thread.rawValue) \(wake.call.spec.name) found nobody", entry: wake.entry, thread: wake.thread,
                at: wake.at)
        ]
        return finding
    }

    /// Something is there, no instance watches it, and no thread waits for it.
    static func isUnheard(_ row: DescriptorRow, _ facts: LintFacts) -> Bool {
        let descriptor = row.descriptor
        switch (descriptor.kind, descriptor.detail) {
        case (.eventCounter, .counter(let value)): guard value > 0 else { return false }
        case (.pipeRead, _): guard (descriptor.queue?.used ?? 0) > 0 else { return false }
        default: return false
        }
        guard descriptor.watchedBy.isEmpty else { return false }
        // Who has read it before comes back to it.
        let readers = facts.habits.users.readers(of: descriptor.object).map(\.thread)
        guard !readers.contains(where: { facts.isAlive($0) }) else { return false }
        // A duplicate may be watched, and a poll may ask for it.
        return !facts.isWatched(descriptor.object) && !facts.isAwaited(descriptor.object)
    }
}
