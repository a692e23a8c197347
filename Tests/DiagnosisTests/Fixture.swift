import Model
import Trace
import WasixABI

/// States made by hand. Now is 100 s.
enum Fixture {
    static let now: UInt64 = 100_000_000_000
    static let millisecond: UInt64 = 1_000_000

    /// A registration that was reported and is as it is for `held` milliseconds.
    static func row(
        _ fd: UInt32, _ reason: ReasonCode, ready: EpollEvents, mask: EpollEvents = [.in, .et],
        held: UInt64 = 5000, unread: UInt64? = 16, isLoopBack: Bool = true, isGhost: Bool = false,
        epoll: UInt32 = 4
    ) -> ItemRow {
        let item = ItemSnapshot(
            fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: fd + 100), kind: .tcp, mask: mask, data: 0,
            ready: ready, lastReported: .in, reports: 3, lastReportedAt: now - held * millisecond, edges: 5,
            reportedEdge: 5, isOnReadyList: false, isGhost: isGhost, reason: reason, levelWouldReport: true)
        return ItemRow(
            epoll: ObjectID(rawValue: epoll + 100), item: item, mark: RowMark(firstSeen: 0),
            unchangedSince: now - held * millisecond, unread: unread, isLoopBack: isLoopBack)
    }

    static func instance(_ items: [ItemRow], fd: UInt32 = 4) -> EpollRow {
        let epoll = EpollSnapshot(
            object: ObjectID(rawValue: fd + 100), fd: FdNumber(rawValue: fd), items: items.map(\.item), readyOrder: [],
            waiters: [], waits: 9, eventsDelivered: 9, timeouts: 0, interruptions: 0)
        return EpollRow(epoll: epoll, mark: RowMark(firstSeen: 0), items: items)
    }

    static func descriptor(_ fd: UInt32, _ kind: ObjectKind) -> DescriptorRow {
        DescriptorRow(
            descriptor: DescriptorSnapshot(
                process: .initial, fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: fd + 100), kind: kind,
                detail: .none, flags: [], isCloseOnExec: false, ready: [], queue: nil, watchedBy: [], bytesIn: 0,
                bytesOut: 0),
            mark: RowMark(firstSeen: 0))
    }

    /// A thread in `call` on descriptor `fd`.
    static func thread(
        _ number: UInt32, _ call: CallID?, fd: UInt32? = nil, for milliseconds: UInt64 = 5000, deadline: UInt64? = nil,
        state: ThreadSnapshot.State = .blocked
    ) -> ThreadRow {
        ThreadRow(
            thread: ThreadSnapshot(
                process: .initial, thread: ThreadID(rawValue: number), isMain: number == 1, state: state, call: call,
                words: [], objects: (fd.map { ObjectID(rawValue: $0 + 100) } ?? .none, .none),
                blockedSince: state == .blocked ? now - milliseconds * millisecond : 0, deadline: deadline, wakes: 0,
                calls: 0),
            mark: RowMark(firstSeen: 0))
    }

    static func state(
        _ threads: [ThreadRow] = [], descriptors: [DescriptorRow] = [], epolls: [EpollRow] = []
    ) -> ModelState {
        var state = ModelState()
        state.now = now
        state.threads = threads
        state.descriptors = descriptors
        state.epolls = epolls
        return state
    }
}
