import Testing
import Trace
import WasixABI

@testable import Kernel

/// What waits decide is kept by their instance, while somebody may ask.
@Suite struct DecisionTests {
    private static func inspected() -> KernelGuest {
        var options = TraceOptions()
        options.keepsDecisions = true
        return KernelGuest(tracer: Tracer(options: options))
    }

    private func history(_ epoll: Epoll) -> WaitHistory { epoll.history(portion: 3) }

    private func decisions(_ look: WaitLook, _ history: WaitHistory) -> [UInt32: ItemDecision] {
        Dictionary(uniqueKeysWithValues: history.items(of: look).map { ($0.fd.rawValue, $0.decision) })
    }

    @Test func aFullArrayIsKeptWithTheListsBeforeAndAfter() throws {
        let guest = Self.inspected()
        let epoll = guest.epoll()
        let level = guest.counter(1)
        let (edge, third, fourth) = (guest.counter(1), guest.counter(1), guest.counter(1))
        #expect(guest.add(epoll, level, 23, .in) == .success)
        #expect(guest.add(epoll, edge, 42, [.in, .et]) == .success)
        #expect(guest.add(epoll, third, 99, .in) == .success)
        #expect(guest.add(epoll, fourth, 56, .in) == .success)
        #expect(guest.look(epoll, limit: 2) == [SeenEvent(23, .in), SeenEvent(42, .in)])
        let history = history(epoll)
        let look = try #require(history.looks.first)
        #expect(history.looks.count == 1 && look.wait == 1 && look.thread == guest.main.id)
        #expect(look.limit == 2 && look.count == 2 && look.listed == 4 && look.interest == 4)
        #expect(look.outcome == .returned && look.isWhole && look.deadline == 0)
        let items = Array(history.items(of: look))
        #expect(items.map(\.fd.rawValue) == [23, 42, 99, 56], "the ready list on entry, in order")
        #expect(items.map(\.decision) == [.requeued, .reported, .notReached, .notReached])
        #expect(items.allSatisfy { $0.ready.contains(.in) && $0.isArmed && !$0.isUncertain })
        #expect(items[0].edge == 1 && items[0].toldEdge == 0 && items[0].hasNewEdge)
        #expect(history.listAfter(look).map(\.fd.rawValue) == [99, 56, 23])
        #expect(guest.snapshot(epoll).readyOrder.map(\.rawValue) == [99, 56, 23])
    }

    @Test func whatWasToldSaysInWhichWait() throws {
        let guest = Self.inspected()
        let (epoll, edge, once) = (guest.epoll(), guest.counter(1), guest.counter(1))
        #expect(guest.look(epoll).isEmpty)
        #expect(guest.add(epoll, edge, 3, [.in, .et]) == .success)
        #expect(guest.add(epoll, once, 4, [.in, .oneshot]) == .success)
        #expect(guest.look(epoll).count == 2)
        #expect(guest.look(epoll).isEmpty)
        let history = history(epoll)
        let look = try #require(history.looks.last)
        #expect(look.wait == 3 && look.outcome == .timedOut && look.count == 0 && look.listed == 0)
        let items = history.items(of: look)
        #expect(items.map(\.decision) == [.notListed, .notListed])
        #expect(items.map(\.toldWait) == [2, 2] && items.map(\.isArmed) == [true, false])
        #expect(items.allSatisfy { !$0.hasNewEdge && $0.asked == .in })
        let before = history.items(of: history.looks[1])
        #expect(before.map(\.decision) == [.reported, .disarmed] && before.map(\.toldWait) == [0, 0])
        #expect(before.allSatisfy { $0.isArmed }, "as it was when the look began")
        #expect(guest.snapshot(epoll).items.map(\.reportedWait) == [2, 2])
    }

    @Test func whatHasGoneIsTakenOffTheList() throws {
        let guest = Self.inspected()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 3, [.in, .et]) == .success)
        _ = guest.take(counter)
        #expect(guest.look(epoll).isEmpty)
        let history = history(epoll)
        let look = try #require(history.looks.last)
        #expect(look.listed == 1 && history.items(of: look).map(\.decision) == [.dropped])
        #expect(history.listAfter(look).isEmpty)
    }

    /// A wait that finds an empty list and sleeps is kept once, when it is over; one that takes something off the list first is
    /// kept with that look, too.
    @Test func aSleepStandsBetweenTwoLooks() throws {
        let guest = Self.inspected()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        let first = guest.startWait(epoll)
        try first.untilBlocked()
        #expect(history(epoll).looks.isEmpty)
        _ = guest.add(counter, 1)
        #expect(try first.value().events.count == 1)
        var looks = history(epoll).looks
        #expect(looks.map(\.outcome) == [.returned] && looks.map(\.earlierLooks) == [1])
        #expect(looks[0].deadline == .max && looks[0].thread == first.thread.id)
        _ = guest.take(counter)
        let second = guest.startWait(epoll)
        try second.untilBlocked()
        _ = guest.add(counter, 1)
        _ = try second.value()
        looks = history(epoll).looks
        #expect(looks.map(\.outcome) == [.returned, .asleep, .returned] && looks.map(\.wait) == [1, 2, 2])
        #expect(decisions(looks[1], history(epoll)) == [3: .dropped])
        #expect(looks.map(\.sequence) == [0, 1, 2])
    }

    @Test func timeAndSignalsEndWaits() throws {
        let guest = Self.inspected()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        let end = KernelGuest.after(milliseconds: 1)
        #expect(guest.wait(epoll, until: end).events.isEmpty)
        let waiter = guest.startWait(epoll)
        try waiter.untilBlocked()
        guest.locked { waiter.thread.interrupt(.signal) }
        #expect(try waiter.value().errno == .intr)
        let looks = history(epoll).looks
        #expect(looks.map(\.outcome) == [.timedOut, .interrupted])
        #expect(looks[0].deadline == end)
    }

    /// Of a list that is longer than a look keeps, what stands on the ready list is kept; the rest while the guest is stepped.
    @Test func longListsAreLookedThroughWhileTheGuestIsStepped() throws {
        let guest = Self.inspected()
        let epoll = guest.epoll()
        let counters = (0..<100).map { _ in guest.counter() }
        for (index, counter) in counters.enumerated() {
            #expect(guest.add(epoll, counter, UInt32(index), [.in, .et]) == .success)
        }
        for index in [7, 80, 90] { _ = guest.add(counters[index], 1) }
        #expect(guest.look(epoll, limit: 2).map(\.data) == [7, 80])
        var history = history(epoll)
        var look = try #require(history.looks.last)
        #expect(!look.isWhole && look.interest == 100 && look.listed == 3)
        #expect(decisions(look, history) == [7: .reported, 80: .reported, 90: .notReached])
        guest.locked { guest.kernel.setPace(.paused) }
        #expect(guest.look(epoll, limit: 2).map(\.data) == [90])
        history = self.history(epoll)
        look = try #require(history.looks.last)
        #expect(look.isWhole)
        #expect(
            decisions(look, history) == [90: .reported, 7: .notListed, 80: .notListed], "what has something to say")
        guest.locked { guest.kernel.setPace(.free) }
    }

    @Test func theLastLooksAreKept() throws {
        let guest = Self.inspected()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        for _ in 0..<40 { _ = guest.look(epoll) }
        // The interest list outgrows the slots that there are.
        let others = (0..<20).map { _ in guest.counter() }
        for (index, other) in others.enumerated() {
            #expect(guest.add(epoll, other, UInt32(10 + index), .in) == .success)
        }
        for _ in 0..<700 { _ = guest.look(epoll) }
        var history = history(epoll)
        #expect(history.looks.count == WaitLog.mostLooks)
        #expect(history.looks.map(\.wait) == Array(740 - 511...740))
        #expect(history.looks.allSatisfy { history.items(of: $0).count == 21 && $0.interest == 21 })
        #expect(history.place(of: history.looks[5].sequence) == 5 && history.place(of: 3) == nil)
        #expect(history.place(of: 740) == nil)
        for other in others { guest.close(other) }
        _ = guest.look(epoll)
        history = self.history(epoll)
        #expect(history.looks.last.map { history.items(of: $0).count } == 1)
    }

    @Test func growingKeepsWhatWasKept() throws {
        let guest = Self.inspected()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        for _ in 0..<20 { _ = guest.look(epoll) }
        for index in UInt32(0)..<9 { #expect(guest.add(epoll, guest.counter(), 10 + index, .in) == .success) }
        _ = guest.look(epoll)
        let history = history(epoll)
        #expect(history.looks.map(\.wait) == Array(1...21))
        #expect(history.looks.prefix(20).allSatisfy { history.items(of: $0).map(\.fd.rawValue) == [3] })
        #expect(history.looks.prefix(20).allSatisfy { history.listAfter($0).map(\.fd.rawValue) == [3] })
    }

    @Test func nothingIsKeptWhenNobodyAsks() {
        for guest in [KernelGuest(), KernelGuest(tracer: Tracer())] {
            let (epoll, counter) = (guest.epoll(), guest.counter(1))
            #expect(guest.add(epoll, counter, 3, .in) == .success)
            #expect(guest.look(epoll).count == 1)
            #expect(epoll.waitLog == nil && history(epoll).looks.isEmpty)
        }
    }

    /// A snapshot has the history of the instance that was asked for, the last one of a process those of all.
    @Test func historiesAreHandedOutWhenAskedFor() throws {
        let guest = Self.inspected()
        let (one, other) = try guest.kernel.locked { () throws(Errno) in
            let (one, other) = (Epoll(kernel: guest.kernel), Epoll(kernel: guest.kernel))
            _ = try guest.process.descriptors.install(one)
            _ = try guest.process.descriptors.install(other)
            return (one, other)
        }
        for epoll in [one, other] { #expect(guest.look(epoll).isEmpty) }
        #expect(guest.process.snapshot().histories.isEmpty)
        guest.kernel.explain(other.id)
        #expect(guest.process.snapshot().histories.map(\.instance) == [other.id])
        guest.kernel.explain(nil)
        #expect(guest.process.snapshot().histories.isEmpty)
        let ids = [one.id, other.id]
        guest.process.end(.exited(code: 0))
        #expect(guest.process.snapshot().histories.map(\.instance) == ids)
    }
}
