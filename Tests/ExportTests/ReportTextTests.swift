import Diagnosis
import Model
import Testing
import Trace
import WasixABI

@testable import Export

/// What is said of a guest without a screen.
@Suite struct ReportTextTests {
    private static let now: UInt64 = 100_000_000_000
    private static let second: UInt64 = 1_000_000_000

    private func thread(
        _ number: UInt32, _ call: CallID?, _ words: [UInt32] = [], object: UInt32 = 0, seconds: UInt64 = 12,
        deadline: UInt64? = nil, state: ThreadSnapshot.State = .blocked
    ) -> ThreadRow {
        ThreadRow(
            thread: ThreadSnapshot(
                process: .initial, thread: ThreadID(rawValue: number), isMain: number == 1, state: state, call: call,
                words: words, objects: (ObjectID(rawValue: object), .none),
                blockedSince: state == .blocked ? Self.now - seconds * Self.second : 0, deadline: deadline, wakes: 0,
                calls: 0),
            mark: RowMark(firstSeen: 0))
    }

    private func descriptor(_ fd: UInt32, _ kind: ObjectKind, peer: UInt32? = nil) -> DescriptorRow {
        DescriptorRow(
            descriptor: DescriptorSnapshot(
                process: .initial, fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: fd + 100), kind: kind,
                detail: peer.map { .channel(number: 1, peer: ObjectID(rawValue: $0 + 100)) } ?? .none, flags: [],
                isCloseOnExec: false, ready: [], queue: nil, watchedBy: [], bytesIn: 0,
                bytesOut: 0),
            mark: RowMark(firstSeen: 0))
    }

    private func item(_ fd: UInt32, _ mask: EpollEvents, _ reason: ReasonCode, unread: UInt64?) -> ItemRow {
        let item = ItemSnapshot(
            fd: FdNumber(rawValue: fd), object: ObjectID(rawValue: fd + 100), kind: .socketPair, mask: mask, data: 0,
            ready: reason == .notReady ? [] : .in, lastReported: .in, reports: 3,
            lastReportedAt: Self.now - 12 * Self.second, edges: 5, reportedEdge: 5, isOnReadyList: false,
            isGhost: false, reason: reason, levelWouldReport: reason != .notReady)
        return ItemRow(
            epoll: ObjectID(rawValue: 105), item: item, mark: RowMark(firstSeen: 0), unread: unread)
    }

    private func state(_ threads: [ThreadRow], items: [ItemRow] = []) -> ModelState {
        var state = ModelState()
        state.now = Self.now
        state.threads = threads
        state.descriptors = [
            descriptor(3, .socketPair, peer: 4), descriptor(4, .socketPair, peer: 3), descriptor(5, .epoll),
            descriptor(6, .tcp),
        ]
        let instance = EpollSnapshot(
            object: ObjectID(rawValue: 105), fd: FdNumber(rawValue: 5), items: items.map(\.item), readyOrder: [],
            waiters: [], waits: 9, eventsDelivered: 9, timeouts: 0, interruptions: 0)
        state.epolls = [EpollRow(epoll: instance, mark: RowMark(firstSeen: 0), items: items)]
        state.names = ObjectNames([
            ObjectID(rawValue: 103): "pair 3-4", ObjectID(rawValue: 104): "pair 4-3", ObjectID(rawValue: 105): "epoll",
        ])
        return state
    }

    /// The lines about `model` with nothing found in it.
    private func lines(_ model: ModelState) -> [String] {
        var examination = Examination()
        examination.graph = WaitGraph(model, users: ObjectUsers())
        examination.verdict = GuestVerdict(model, examination.graph)
        return ReportText(ExaminedState(model: model, examination: examination)).lines
    }

    private let read: [UInt32] = [4, 0x100, 1, 0x200]
    private let wait: [UInt32] = [5, 0x100, 1, .max, .max, 0x200]

    @Test func aLostEdgeIsNamedBelowItsWaiter() {
        let lines = lines(
            state(
                [
                    thread(1, .epollWait, wait, object: 105, seconds: 12),
                    thread(2, .fdRead, read, object: 104, seconds: 13),
                ],
                items: [item(3, [.in, .et], .edgeSpent, unread: 16)]))
        #expect(lines.count == 4, "\(lines)")
        #expect(lines[0].hasPrefix("+++ T2 fd_read(4<pair 4-3>, ") && lines[0].hasSuffix("  asleep 13s, no timeout"))
        #expect(lines[1].hasPrefix("+++ T1 epoll_wait(5<epoll>, ") && lines[1].hasSuffix("  asleep 12s, no timeout"))
        #expect(
            lines[2]
                == "+++   5<epoll> 3<pair 3-4> IN ET: 16 bytes unread, edge 5 was reported 12s ago; "
                + "a level-triggered one would tell")
        #expect(lines[3] == "+++ STALLED for 12s: all threads wait, and nothing can wake one")
    }

    @Test func whatNobodyWatchesIsNamed() {
        var model = state([thread(1, .epollWait, wait, object: 105)], items: [item(6, .in, .notReady, unread: 0)])
        model.descriptors[0].descriptor.queue = QueueLevel(used: 16, capacity: 64)
        #expect(
            lines(model)[2] == "+++ 3<pair 3-4>: 16 bytes unread, in no interest list, and no thread reads it")
        model.descriptors[0].descriptor.watchedBy = [FdNumber(rawValue: 5)]
        #expect(!lines(model).joined().contains("no interest list"))
    }

    @Test func whatIsReadyOrNotIsSaidOfEachInstanceOnce() {
        let waiting = [1, 2].map { thread($0, .epollWait, wait, object: 105) }
        #expect(
            lines(state(waiting, items: [item(6, .in, .notReady, unread: 0)]))[1]
                == "+++   5<epoll>: 1 watched, none ready")
        #expect(lines(state(waiting))[1] == "+++   5<epoll>: watches nothing")
        let off = lines(state(waiting, items: [item(3, [.in, .oneshot], .oneShotSpent, unread: 7)]))
        #expect(off[1] == "+++   5<epoll> 3<pair 3-4> IN LT1: 7 bytes unread, one-shot spent, needs MOD")
        #expect(off.count == 4)
        var listener = item(3, [.in, .oneshot], .oneShotSpent, unread: 2)
        listener.item.kind = .tcpListener
        #expect(lines(state(waiting, items: [listener]))[1].contains(": 2 connections to accept, one-shot spent"))
    }

    @Test func threadsThatRunOrWillWakeAreNoStandstill() {
        let lines = lines(
            state([
                thread(1, nil, state: .running),
                thread(2, .fdRead, read, object: 104, deadline: Self.now + 3 * Self.second),
                thread(3, nil, state: .ended),
            ]))
        #expect(lines.count == 3, "\(lines)")
        #expect(lines[0].hasSuffix("  asleep 12s, wakes in 3s"))
        #expect(lines[1] == "+++ T1 runs, or is in a call that does not wait")
        #expect(lines[2] == "+++ 1 of 2 threads wait")
    }

    @Test func manyThreadsAreCounted() {
        let lines = lines(state((1...1000).map { thread(UInt32($0), .fdRead, read, object: 104) }))
        #expect(lines.count == 52)
        #expect(lines[50] == "+++ 950 more threads")
    }

    @Test func anEndedGuestSaysHow() {
        var ended = state([])
        ended.guest = .signalled(signal: Signal.term.rawValue)
        #expect(lines(ended) == ["+++ killed by SIGTERM"])
    }
}
