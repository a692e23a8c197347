import Decode
import Diagnosis
import Model
import Trace
import WasixABI

/// What the threads of a guest wait for, what is wrong with that, and where in the code, as lines of text: for whoever has no
/// screen to look at.
package struct ReportText {
    /// Threads, or registrations of one instance, that are shown; the others are counted.
    private static let most = 50

    private let model: ModelState
    private let examination: Examination
    private let unwatched: [DescriptorRow]
    private let formatter: CallFormatter
    private let stacks = StackText()

    package init(_ state: ExaminedState) {
        model = state.model
        examination = state.examination
        unwatched = UnwatchedQueues(state).rows
        let names = model.names
        formatter = CallFormatter { names[$0] }
    }

    /// Threads that sleep come first, the longest sleep at the top, each with its stack. Below a thread that waits for events
    /// stands what its instance has and does not report; then what was found, and last what all threads together mean.
    package var lines: [String] {
        let findings = FindingText(at: model.now)
        return threadLines + (examination.findings.flatMap { findings.lines($0) } + [verdict]).map { "+++ " + $0 }
    }

    /// The part of `lines` that is about threads, instances and what nobody watches.
    package var threadLines: [String] {
        let alive = model.threads.filter { $0.thread.state != .ended }
        let sorted = alive.sorted { $0.order < $1.order }
        var lines: [String] = []
        var seen: Set<ObjectID> = []
        for row in sorted.prefix(Self.most) {
            lines += self.lines(row.thread)
            guard let instance = instance(of: row.thread), seen.insert(instance.id).inserted else { continue }
            lines += self.lines(instance)
        }
        if sorted.count > Self.most { lines.append("\(sorted.count - Self.most) more threads") }
        lines += unwatched.prefix(Self.most).map { row in
            "\(label(row.descriptor.fd, row.descriptor.object)): \(UnwatchedQueues.text(row)), in no interest list, and no thread reads it"
        }
        return lines.map { "+++ " + $0 }
    }

    // MARK: a thread

    private func lines(_ thread: ThreadSnapshot) -> [String] {
        let stack = stacks.line(thread.stack)
        return [line(thread)] + (stack.isEmpty ? [] : ["    in " + stack])
    }

    private func line(_ thread: ThreadSnapshot) -> String {
        let owner = model.hasSeveralProcesses ? "P\(thread.process.rawValue) " : ""
        let name = "\(owner)T\(thread.thread.rawValue) "
        guard thread.state == .blocked, let call = thread.call else {
            return name + (thread.pausedAt == nil ? "runs, or is in a call that does not wait" : "is paused")
        }
        let text = formatter.unfinished(
            call: call, words: thread.words, payload: thread.payload, isWide: thread.isWide, objects: thread.objects)
        return name + text.text + "  asleep " + age(thread.blockedSince) + ", " + timeout(thread)
    }

    private func timeout(_ thread: ThreadSnapshot) -> String {
        guard let deadline = thread.deadline else { return "no timeout" }
        return "wakes in " + DurationFormat.short(deadline > model.now ? deadline - model.now : 0)
    }

    /// How long ago an instant of CLOCK_MONOTONIC was.
    private func age(_ moment: UInt64) -> String {
        DurationFormat.short(model.now > moment ? model.now - moment : 0)
    }

    // MARK: an instance

    private func instance(of thread: ThreadSnapshot) -> EpollRow? {
        guard thread.state == .blocked, thread.call == .epollWait else { return nil }
        return model.epolls.first { $0.id == thread.objects.0 && !$0.mark.isClosed }
    }

    private func lines(_ instance: EpollRow) -> [String] {
        let items = instance.items.filter { !$0.mark.isClosed }
        let verdicts = items.map { ItemVerdict($0, at: model.now) }
        let name = "  " + label(instance.epoll.fd, instance.id)
        guard !items.isEmpty else { return ["\(name): watches nothing"] }
        let told = zip(items, verdicts).filter { $1.whyUnreported != nil || $1.isReported }
        guard !told.isEmpty else { return ["\(name): \(items.count) watched, none ready"] }
        var lines = told.prefix(Self.most).map { "\(name) \(text($0, $1))" }
        if told.count > Self.most { lines.append("\(name): \(told.count - Self.most) more are ready") }
        return lines
    }

    /// `3<pair 3-4> IN ET: 16 bytes unread, edge 5 was reported 12.4s ago: not reported again`
    private func text(_ row: ItemRow, _ verdict: ItemVerdict) -> String {
        let item = row.item
        let asked = EventText.long(item.mask.subtracting(EpollEvents.always.union([.et, .oneshot])))
        let head = "\(label(item.fd, item.object)) \(asked) \(EventText.mode(item.mask)): "
        guard let why = verdict.whyUnreported else { return head + "\(verdict.longText)" }
        let there =
            row.unread.flatMap { $0 > 0 ? QueueText.there($0, item.kind) : nil }
            ?? "\(EventText.long(why.events)) is there"
        // When is known only of a guest that is traced.
        let since = why.reportedAt.flatMap { $0 == 0 ? nil : " " + age($0) + " ago" } ?? ""
        let again = verdict.kind == .edgeSpent ? "; a level-triggered one would tell" : ""
        return head + "\(there), \(why.cause)\(since)\(again)"
    }

    private func label(_ fd: FdNumber, _ object: ObjectID) -> String {
        model.names[object].map { "\(fd.rawValue)<\($0)>" } ?? "\(fd.rawValue)"
    }

    // MARK: all of them

    private var verdict: String {
        let threads = WaitingThreads(model)
        switch examination.verdict {
        case .stalled(let since): return "STALLED for \(age(since)): all threads wait, and nothing can wake one"
        case .partlyStuck(let count, let all, let since):
            return "\(count) of \(all) threads STUCK for \(age(since)): they wait for each other"
        case .idle: return "IDLE: all \(threads.alive) threads wait, and something can wake them"
        case .exited(let code): return "exited with \(code)"
        case .trapped(let message, _): return "trapped: \(StringEscaper.plain(message))"
        case .signalled(let signal): return "killed by \(Signal(rawValue: signal).name)"
        case .paused: return "PAUSED: \(threads.waiting) of \(threads.alive) threads wait"
        case .running: return "\(threads.waiting) of \(threads.alive) threads wait"
        }
    }
}

extension ThreadRow {
    /// For sorting: who has slept longest first, then those that do not sleep.
    fileprivate var order: (UInt64, UInt32) {
        (thread.state == .blocked ? thread.blockedSince : .max, thread.thread.rawValue)
    }
}
