import Model
import Trace
import WasixABI

extension Fixture {
    /// An instance of a hundred items, whose last wait had room for two events; T1 has called it and is back.
    static func many() -> ModelState {
        var state = ModelState()
        state.now = now
        state.uptime = now
        state.pace = .paused
        state.pausedBy = .main
        let instance = ObjectID(rawValue: 13)
        let shown = many(toldAt: 9_120)
        let items = shown.map { look in
            ItemSnapshot(
                fd: look.fd, object: look.object, kind: .socketPair, mask: look.mask, isArmed: look.isArmed, data: 0,
                ready: look.ready, lastReported: .in, reports: UInt64(look.toldEdge), lastReportedAt: now,
                edges: UInt64(look.edge), reportedEdge: UInt64(look.toldEdge),
                isOnReadyList: [99, 56, 23].contains(look.fd.rawValue), isGhost: false, reason: .reportedLevel,
                levelWouldReport: false)
        }
        let epoll = EpollSnapshot(
            object: instance, fd: FdNumber(rawValue: 3), items: items,
            readyOrder: [99, 56, 23].map { FdNumber(rawValue: $0) }, waiters: [], waits: 9_134, eventsDelivered: 12_000,
            timeouts: 0, interruptions: 0)
        state.epolls = [
            EpollRow(
                epoll: epoll, mark: RowMark(firstSeen: 0),
                items: items.map { ItemRow(epoll: instance, item: $0, mark: RowMark(firstSeen: 0)) })
        ]
        state.descriptors =
            [descriptor(3, .epoll, .epoll(items: 100, ready: 3))]
            + shown.map { descriptor($0.fd.rawValue, .socketPair, .none, watchedBy: [3]) }
        var main = thread(1, .running)
        main.thread.pausedAt = .afterCall
        state.threads = [main]
        let start: UInt64 = 102_403_597_120
        append(
            to: &state.trace, .epollWait, at: start, took: 9_000, words: [3, 0x1000, 2, 0, 0, 0x2000], object: 13,
            result: 2)
        append(
            to: &state.waits, .epollWait, at: start, took: 9_000, words: [3, 0x1000, 2, 0, 0, 0x2000], object: 13,
            result: 2)
        var history = WaitHistory(instance: instance)
        for wait in UInt64(9_132)...9_134 {
            keep(many(toldAt: 9_120), wait: wait, at: start &- (9_134 - wait) * millisecond + 500, in: &history)
        }
        state.histories[instance] = history
        return state
    }

    private static func many(toldAt wait: UInt32) -> [LookedItem] {
        [
            looked(23, .in, .in, .requeued, 9, 9, at: 9_133), looked(42, [.in, .et], .in, .reported, 4, 3),
            looked(99, .in, .in, .notReached, 1, 0), looked(56, .in, .in, .notReached, 7, 7),
            looked(75, [.in, .et], .in, .notListed, 5, 5, at: wait),
            looked(4, [.in, .et, .oneshot], .in, .notListed, 2, 1, at: 9_101, isArmed: false),
            looked(80, [.in, .et], [], .notListed, 2, 2), looked(94, .out, .in, .notListed, 0, 0),
        ]
    }

    static func looked(
        _ fd: UInt32, _ mask: EpollEvents, _ ready: EpollEvents, _ decision: ItemDecision, _ edge: UInt32,
        _ told: UInt32, at wait: UInt32 = 0, isArmed: Bool = true
    ) -> LookedItem {
        var item = LookedItem(object: ObjectID(rawValue: fd + 10), fd: FdNumber(rawValue: fd), mask: mask)
        item.ready = ready
        item.decision = decision
        item.edge = edge
        item.toldEdge = told
        item.toldWait = wait
        item.isArmed = isArmed
        return item
    }

    /// Adds the look of a wait with room for two.
    private static func keep(_ items: [LookedItem], wait: UInt64, at tick: UInt64, in history: inout WaitHistory) {
        var look = WaitLook()
        look.sequence = UInt64(history.looks.count) + 700
        look.wait = wait
        look.thread = .main
        look.at = tick
        look.limit = 2
        look.count = 2
        look.listed = 4
        look.interest = 100
        look.isWhole = true
        look.firstItem = history.items.count
        look.itemCount = items.count
        look.firstOrder = history.orders.count
        look.orderCount = 3
        history.items += items
        history.orders += [2, 3, 0]
        history.looks.append(look)
    }
}
