import Model
import Trace
import WasixABI

/// Descriptors that are never closed, and calls whose failure goes unseen.
extension LintChecks {
    /// Descriptors of one kind by which their number must have grown.
    private static let growth = 32
    private static let leastIdle = 16
    /// Nanoseconds in which it must have grown lately.
    private static let growing: UInt64 = 1_500_000_000
    /// How many of the counts, half a second apart, must have been higher than the one before: a pool that is filled in one go,
    /// on a machine that is too busy to see it go by, is no leak.
    private static let leastRises = 3

    static func descriptors(_ facts: LintFacts, _ memory: LintMemory) -> [Finding] {
        guard let last = memory.census.last else { return [] }
        let leaks = last.counts.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { leak($0, last, facts, memory) }
        guard facts.isEnd, leaks.isEmpty else { return leaks }
        // The last count may be older than what was opened since.
        let kinds = Set(facts.descriptors.lazy.map(\.descriptor.kind))
        return kinds.sorted { $0.rawValue < $1.rawValue }.compactMap { leftOpen($0, facts) }
    }

    /// A guest that ended before its descriptors could be seen to grow in number: one after the other was opened, used, and
    /// never again when the next one was in use.
    private static func leftOpen(_ kind: ObjectKind, _ facts: LintFacts) -> Finding? {
        guard !facts.habits.hasLost else { return nil }
        let open = facts.descriptors.filter { $0.descriptor.kind == kind && $0.descriptor.watchedBy.isEmpty }
            .sorted { $0.descriptor.object.rawValue < $1.descriptor.object.rawValue }
        guard open.count >= growth else { return nil }
        let uses = open.map { facts.habits.objects[$0.descriptor.object] ?? ObjectHabits() }
        let forgotten = zip(uses, uses.dropFirst()).count { use, next in
            use.touches > 0 && next.touches > 0 && use.lastTouch < next.firstTouch
        }
        let closes = facts.model.calls.first { $0.call == .fdClose }.map { $0.calls &- $0.errors } ?? 0
        guard forgotten >= growth, Double(closes) < 0.1 * Double(open.count) else { return nil }
        var finding = Finding(
            .fdLeak, .call(kind.openingCall), since: facts.now,
            "\(open.count) descriptors of kind \(kind.name) were open when the guest ended, and \(count(closes, "descriptor")) "
                + "had been closed; \(forgotten) were not used again once the next one was.")
        finding.count = UInt64(open.count)
        finding.hold = 0
        addOpening(kind, facts, to: &finding)
        finding.fd = open.last?.descriptor.fd
        return finding
    }

    /// The call that took the last high number.
    private static func addOpening(_ kind: ObjectKind, _ facts: LintFacts, to finding: inout Finding) {
        guard let opening = facts.model.openings.last(where: { kind.openingCalls.contains($0.call) }) else { return }
        finding.stack = opening.frames
        finding.threads = [opening.thread]
        finding.evidence = [
            Evidence(
                "T\(opening.thread.rawValue) opened fd \(opening.fd.rawValue) with \(opening.call.spec.name)",
                thread: opening.thread, at: opening.at)
        ]
    }

    private static func leak(
        _ kind: ObjectKind, _ last: LintMemory.Census, _ facts: LintFacts, _ memory: LintMemory
    ) -> Finding? {
        let now = last.counts[kind] ?? 0
        // The beginning counts as nothing open: a program that opens all it needs at once must have been seen to grow.
        let first = memory.census.first { now - ($0.counts[kind] ?? 0) >= growth }
        let fromNothing = memory.census.count < 120 && now >= growth
        guard let least = first ?? (fromNothing ? memory.census.first : nil) else { return nil }
        let grown = first.map { now - ($0.counts[kind] ?? 0) } ?? now
        // A pool that was filled and stays so is none.
        guard let before = memory.census.last(where: { $0.at &+ growing <= last.at }),
            now >= (before.counts[kind] ?? 0) + 2
        else { return nil }
        let counts = memory.census.drop { $0.at < least.at }.map { $0.counts[kind] ?? 0 }
        guard zip(counts, counts.dropFirst()).count(where: { $0 < $1 }) >= leastRises else { return nil }
        let closes = last.closes &- least.closes
        let open = facts.descriptors.lazy.filter { $0.descriptor.kind == kind }
        // Idle: nothing has gone through it, or a hang-up waits to be noticed, and nobody watches it.
        let idle = open.filter { row in
            row.inPerSecond == 0 && row.outPerSecond == 0 && !row.mark.isNew(at: facts.now)
                && row.descriptor.watchedBy.isEmpty
        }
        // Nobody will use a channel whose other end is gone, however many others were closed meanwhile.
        let dead = idle.count { !$0.descriptor.ready.isDisjoint(with: [.hup, .rdhup]) }
        guard idle.count >= leastIdle, Double(closes) < 0.1 * Double(grown) || dead >= growth else { return nil }
        var finding = Finding(
            .fdLeak, .call(kind.openingCall), since: least.at,
            "\(now) descriptors of kind \(kind.name) are open, \(grown) more than \(facts.age(least.at)) ago, and "
                + "\(count(closes, "descriptor")) closed meanwhile; \(idle.count) are idle.")
        finding.count = UInt64(grown)
        addOpening(kind, facts, to: &finding)
        finding.fd = idle.last?.descriptor.fd
        return finding
    }

    // MARK: calls

    static func calls(_ facts: LintFacts) -> [Finding] {
        controls(facts) + rewrites(facts) + stale(facts) + missing(facts)
    }

    private static func controls(_ facts: LintFacts) -> [Finding] {
        facts.habits.failedControls.filter { failed in
            let waiting = facts.graph.nodes[failed.thread]?.thread
            return failed.wentOn
                || (waiting?.call == .epollWait && waiting?.objects.0 == failed.key.instance
                    && waiting?.blockedSince ?? 0 > failed.at)
        }.map { failed in
            var finding = Finding(
                .ctlErrorUnseen, .item(ItemRow.ID(epoll: failed.key.instance, fd: failed.key.fd, object: .none)),
                since: failed.at,
                "epoll_ctl for fd \(failed.key.fd.rawValue) failed with \(failed.errno.name), and T\(failed.thread.rawValue) went on to wait."
            )
            finding.fd = failed.key.fd
            finding.threads = [failed.thread]
            finding.evidence = [
                Evidence(
                    "epoll_ctl = \(failed.errno.name)", entry: failed.entry, thread: failed.thread, at: failed.at,
                    isDeed: true)
            ]
            return finding
        }
    }

    private static func rewrites(_ facts: LintFacts) -> [Finding] {
        facts.habits.rewritten.map { made in
            let seen =
                made.data & 0xffff_ffff == 0 ? UInt64(made.key.fd.rawValue) : made.data & 0xffff_ffff
            var finding = Finding(
                .userDataRewritten, .item(ItemRow.ID(epoll: made.key.instance, fd: made.key.fd, object: .none)),
                since: made.at,
                "fd \(made.key.fd.rawValue) is registered with user data 0x\(String(made.data, radix: 16)); the C library hands "
                    + "back 0x\(String(seen, radix: 16)).")
            finding.fd = made.key.fd
            finding.evidence = [
                Evidence("epoll_ctl with that data", entry: made.entry, at: made.at, isDeed: true)
            ]
            return finding
        }
    }

    private static func stale(_ facts: LintFacts) -> [Finding] {
        facts.habits.staleUses.map { use in
            var finding = Finding(
                .staleUserData, .thread(use.thread), since: use.at,
                "An event named fd \(use.fd.rawValue), and T\(use.thread.rawValue) used it in \(use.call.spec.name), but that number "
                    + (use.errno == .badf ? "was closed." : "stands for something else since."))
            finding.fd = use.fd
            finding.threads = [use.thread]
            finding.evidence = [
                Evidence("the event was reported", entry: use.delivery, thread: use.thread),
                Evidence(
                    "\(use.call.spec.name) = \(use.errno.name)", entry: use.entry, thread: use.thread, at: use.at,
                    isDeed: true),
            ]
            return finding
        }
    }

    private static func missing(_ facts: LintFacts) -> [Finding] {
        facts.model.calls.compactMap { statistics in
            let missing = statistics.errorCounts.first { error in
                error.errno == .nosys || (error.errno == .notsup && statistics.call.needsSomethingOfTheModule)
            }
            guard let errors = missing else { return nil }
            var finding = Finding(
                .missingCall, .call(statistics.call), since: facts.now,
                "\(statistics.call.spec.name) was asked for \(count(errors.count, "time")) and does not work here.")
            finding.count = errors.count
            if let last = facts.habits.refused[statistics.call] {
                finding.threads = [last.thread]
                finding.evidence = [
                    Evidence(
                        "T\(last.thread.rawValue) called it", entry: last.entry, thread: last.thread, at: last.at,
                        isDeed: true)
                ]
            }
            return finding
        }
    }
}

extension CallID {
    /// It answers NOTSUP when the module was not built for it.
    fileprivate var needsSomethingOfTheModule: Bool {
        switch self {
        case .procFork, .stackCheckpoint, .dlopen, .dlsym, .callDynamic, .reflectSignature, .closureAllocate,
            .closurePrepare, .contextCreate, .contextSwitch, .contextDestroy:
            true
        default: false
        }
    }
}

extension ObjectKind {
    /// A call that makes one: what a finding about all descriptors of a kind is filed under.
    fileprivate var openingCall: CallID { openingCalls[0] }

    /// Calls that make one.
    fileprivate var openingCalls: [CallID] {
        switch self {
        case .file, .directory, .device, .terminal, .hostPipe: [.pathOpen]
        case .pipeRead, .pipeWrite: [.fdPipe]
        case .socketPair: [.sockPair]
        case .eventCounter: [.fdEvent]
        case .epoll: [.epollCreate]
        case .tcp, .unixSocket: [.sockAccept, .sockAcceptV2, .sockAcceptWasix, .sockOpen]
        case .tcpListener, .udp, .unixListener, .unixDatagram: [.sockOpen]
        }
    }
}
