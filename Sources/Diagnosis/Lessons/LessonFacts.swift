import Model
import Trace
import WasixABI

/// The state that a lesson shows, in words: one line a fact. Names are the guest's own: sanitise before drawing.
package struct LessonFacts {
    package struct Line: Sendable, Equatable {
        package var text: String
        package var tone: Tone

        init(_ text: String, _ tone: Tone = .plain) {
            self.text = text
            self.tone = tone
        }
    }

    private let state: ExaminedState
    private let situation: LessonSituation

    package init(_ state: ExaminedState) {
        self.state = state
        situation = LessonSituation(state.model)
    }

    /// It is not open, and no interest list has it: that may outlive the number.
    package func isGone(_ fd: FdNumber) -> Bool { situation.descriptor(fd) == nil && items(fd).isEmpty }

    /// `fd 3 pair 3-4`
    package func name(_ fd: FdNumber) -> String {
        guard let descriptor = situation.descriptor(fd) else { return "fd \(fd.rawValue) is not open" }
        let name = state.model.names[descriptor.object] ?? descriptor.kind.name
        return "fd \(fd.rawValue) \(name)"
    }

    package func item(_ fd: FdNumber) -> ItemRow? { situation.item(nil, fd) }
    package func items(_ fd: FdNumber) -> [(epoll: FdNumber, row: ItemRow)] { situation.items(fd) }

    /// `IN ET of epoll 5`, or that nobody watches it.
    package func watched(_ fd: FdNumber) -> Line {
        guard
            let instance = state.model.epolls.first(where: { epoll in
                !epoll.mark.isClosed && epoll.items.contains { $0.item.fd == fd && !$0.mark.isClosed }
            }), let row = situation.item(instance.epoll.fd, fd)
        else { return Line("not watched", .faint) }
        let events = EventText.long(row.item.mask.subtracting(.modes).subtracting(.always))
        return Line("\(events) \(EventText.mode(row.item.mask)) in epoll \(instance.epoll.fd.rawValue)")
    }

    /// `24 unread  edges 1  told 0`
    package func counts(_ fd: FdNumber) -> Line {
        guard let row = item(fd) else { return Line(unread(fd)) }
        let item = row.item
        let isSilent = item.ready.contains(.in) && (item.reason == .edgeSpent || item.reason == .oneShotSpent)
        let armed = item.mask.contains(.oneshot) ? (item.isArmed ? "  armed" : "  off") : ""
        return Line(
            "\(unread(fd))  edges \(item.edges)  told \(item.reportedEdge)\(armed)", isSilent ? .attention : .plain)
    }

    /// `24 unread`, `count 2`, `empty`
    package func unread(_ fd: FdNumber) -> String {
        guard let descriptor = situation.descriptor(fd), let unread = descriptor.unread else { return "-" }
        if case .counter(let count) = descriptor.detail { return "count \(count)" }
        return unread == 0 ? "empty" : "\(unread) unread"
    }

    package func ready(_ epoll: FdNumber) -> [Line] {
        guard let row = situation.instance(epoll) else { return [Line("epoll \(epoll.rawValue) is not there", .faint)] }
        let report = InterestReport(row, at: state.model.now)
        let order = row.epoll.readyOrder.map { String($0.rawValue) }.joined(separator: " ")
        return [
            Line("ready list of epoll \(epoll.rawValue): \(order.isEmpty ? "empty" : order)"),
            Line(
                "  a wait returns \(Self.set(report.reported))",
                report.reported.isEmpty ? .faint : .good),
            Line(
                "  if all were LT \(Self.set(report.underLevel))",
                report.reported == report.underLevel ? .faint : .attention),
        ]
    }

    private static func set(_ numbers: [FdNumber]) -> String {
        "{" + numbers.prefix(12).map { String($0.rawValue) }.joined(separator: " ") + "}"
    }

    /// Each thread, and where it stands.
    package var lanes: [Line] {
        state.model.threads.map(\.thread).sorted { $0.thread < $1.thread }.flatMap { lane($0) }
    }

    private func lane(_ thread: ThreadSnapshot) -> [Line] {
        let name = "T\(thread.thread.rawValue)"
        if thread.state == .ended { return [Line("\(name) has ended", .faint)] }
        let call = PendingCall(thread).map { "\($0.call.spec.name)(\(Self.argument($0)))" }
        if thread.pausedAt == .beforeCall, let call { return [Line("\(name) before \(call)")] }
        guard thread.state == .blocked, let call else { return [Line("\(name) runs", .good)] }
        let graph = state.examination.graph
        let who = graph.whoCanWakeInShort(thread.thread, at: state.model.now) ?? "-"
        return [
            Line("\(name) asleep in \(call)", .blocked),
            Line("   wakes it: \(who)", graph.tone(of: thread.thread) == .attention ? .attention : .faint),
        ]
    }

    private static func argument(_ call: PendingCall) -> String {
        call.call.spec.arguments.first?.kind == .fd ? String(call.fd.rawValue) : ""
    }

    /// What is wrong, worst first.
    package var findings: [Line] {
        let found = state.examination.findings
        if found.isEmpty { return [Line("nothing was found to be wrong", .faint)] }
        return found.prefix(2).map { Line("\($0.lint.code) \($0.lint.name): \($0.text)", .attention) }
    }
}
