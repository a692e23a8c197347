import Model
import Trace
import WasixABI

/// What conditions are asked of: a state in which nothing moves, and what each thread did before.
package struct LessonSituation {
    let model: ModelState
    /// The last call that each thread was told to make.
    let lastCalls: [ThreadID: PendingCall]
    /// A thread was told to make a call.
    let hasBegun: Bool

    package init(_ model: ModelState, lastCalls: [ThreadID: PendingCall] = [:], hasBegun: Bool = true) {
        self.model = model
        self.lastCalls = lastCalls
        self.hasBegun = hasBegun
    }

    package func holds(_ condition: Condition) -> Bool {
        switch condition {
        case .start: !hasBegun
        case .exited: model.guest.hasEnded
        case .asleep:
            !alive.isEmpty && alive.allSatisfy { $0.state == .blocked && $0.deadline == nil }
        case .thread(let id, let stand): holds(stand, id)
        case .registered(let epoll, let fd): item(epoll, fd) != nil
        case .onReadyList(let epoll, let fd): instance(epoll)?.epoll.readyOrder.contains(fd) ?? false
        case .readyListIsEmpty(let epoll): instance(epoll)?.epoll.readyOrder.isEmpty ?? false
        case .compare(let a, let comparison, let b):
            if let a = value(a), let b = value(b) { comparison.holds(a, b) } else { false }
        case .not(let inner): !holds(inner)
        case .and(let a, let b): holds(a) && holds(b)
        case .or(let a, let b): holds(a) || holds(b)
        }
    }

    private func holds(_ stand: Condition.Stand, _ id: ThreadID) -> Bool {
        guard let thread = model.threads.first(where: { $0.id == id })?.thread, thread.state != .ended else {
            // One that was there once, or the guest's end.
            return stand == .ended && (model.guest.hasEnded || lastCalls[id] != nil)
        }
        let stands = thread.pausedAt != nil
        switch stand {
        case .before(let match): return stands && PendingCall(thread).map(match.matches) ?? false
        case .after(let match): return stands && lastCalls[id].map(match.matches) ?? false
        case .inside(let match): return thread.state == .blocked && PendingCall(thread).map(match.matches) ?? false
        case .asleep: return thread.state == .blocked
        case .ended: return false
        }
    }

    private func value(_ number: Condition.Number) -> UInt64? {
        switch number {
        case .literal(let value): value
        case .queue(let fd): descriptor(fd)?.unread
        case .waits(let epoll): instance(epoll)?.epoll.waits
        case .item(let what, let epoll, let fd): item(epoll, fd).map { Self.value(what, $0.item) }
        }
    }

    private static func value(_ what: Condition.ItemNumber, _ item: ItemSnapshot) -> UInt64 {
        switch what {
        case .edges: item.edges
        case .told: item.reportedEdge
        case .reports: item.reports
        case .armed: item.isArmed ? 1 : 0
        }
    }

    private var alive: [ThreadSnapshot] { model.threads.map(\.thread).filter { $0.state != .ended } }
}

/// What lessons look up in a state.
extension LessonSituation {
    package func descriptor(_ fd: FdNumber) -> DescriptorSnapshot? {
        model.descriptors.first { $0.descriptor.fd == fd && !$0.mark.isClosed }?.descriptor
    }

    package func instance(_ epoll: FdNumber) -> EpollRow? {
        model.epolls.first { $0.epoll.fd == epoll && !$0.mark.isClosed }
    }

    /// - Parameter epoll: nil for any instance.
    package func item(_ epoll: FdNumber?, _ fd: FdNumber) -> ItemRow? {
        let instances = model.epolls.lazy.filter { !$0.mark.isClosed && (epoll == nil || $0.epoll.fd == epoll) }
        return instances.flatMap(\.items).first { $0.item.fd == fd && !$0.mark.isClosed }
    }

    /// All registrations of a descriptor, each with the descriptor of its instance.
    package func items(_ fd: FdNumber) -> [(epoll: FdNumber, row: ItemRow)] {
        model.epolls.filter { !$0.mark.isClosed }.flatMap { instance in
            instance.items.filter { $0.item.fd == fd && !$0.mark.isClosed }.map { (instance.epoll.fd, $0) }
        }
    }
}

extension DescriptorSnapshot {
    /// Bytes that could be read; of an eventfd its count.
    package var unread: UInt64? {
        if case .counter(let count) = detail { return count }
        return queue?.used
    }
}
