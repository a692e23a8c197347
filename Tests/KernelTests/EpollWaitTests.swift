import CLinux
import Glibc
import Testing
import WasixABI

@testable import Kernel

@Suite struct EpollWaitTests {
    @Test func aWaitLastsAsLongAsItShould() {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let deadline = KernelGuest.after(milliseconds: 20)
        #expect(guest.wait(epoll, until: deadline) == SeenWait())
        #expect(cl_monotonic_ns() >= deadline)
        #expect(guest.snapshot(epoll).timeouts == 1)
    }

    @Test func aWriteWakesAWaiter() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        let running = guest.startWait(epoll)
        try running.untilBlocked()
        _ = guest.add(counter, 1)
        #expect(try running.value().events == [SeenEvent(3, .in)])
    }

    @Test func anAdditionWakesAWaiter() throws {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let running = guest.startWait(epoll)
        try running.untilBlocked()
        #expect(guest.add(epoll, guest.counter(1), 3, .in) == .success)
        #expect(try running.value().events == [SeenEvent(3, .in)])
    }

    @Test func aChangeWakesAWaiter() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 3, .pri) == .success)
        let running = guest.startWait(epoll)
        try running.untilBlocked()
        #expect(guest.modify(epoll, counter, 3, .out) == .success)
        #expect(try running.value().events == [SeenEvent(3, .out)])
    }

    @Test func anEventThatIsTakenAwayLetsTheWaitGoOn() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        let running = guest.startWait(epoll)
        try running.untilBlocked()
        // Nobody else can look between the two: the waiter wakes for nothing.
        guest.locked {
            #expect(counter.waiters.isEmpty)
            counter.notify(.in)
        }
        try awaitCondition("it has looked and sleeps again") {
            guest.locked { running.thread.wakes == 1 && running.thread.blockedSince != 0 }
        }
        _ = guest.add(counter, 1)
        #expect(try running.value().events == [SeenEvent(3, .in)])
    }

    // MARK: several waiters

    @Test func anEdgeWakesOneWaiter() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, [.in, .et]) == .success)
        let waiters = (0..<4).map { _ in guest.startWait(epoll) }
        for running in waiters { try running.untilBlocked() }
        for left in [3, 2, 1, 0] {
            _ = guest.add(counter, 1)
            #expect(guest.waiterCount(epoll) == left)
            // Its event is taken before the next edge comes: two edges together are one event.
            try awaitCondition("the event is taken") { guest.locked { epoll.eventsDelivered == UInt64(4 - left) } }
        }
        #expect(try waiters.map { try $0.value().events } == Array(repeating: [SeenEvent(3, .in)], count: 4))
    }

    @Test func aLevelWakesOneWaiterAfterTheOther() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        let waiters = (0..<4).map { _ in guest.startWait(epoll) }
        for running in waiters { try running.untilBlocked() }
        _ = guest.add(counter, 1)
        #expect(try waiters.map { try $0.value().events } == Array(repeating: [SeenEvent(3, .in)], count: 4))
    }

    @Test func whatOneWaiterHasNoRoomForGoesToTheNext() throws {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let counters = (0..<3).map { _ in guest.counter() }
        for (index, counter) in counters.enumerated() {
            #expect(guest.add(epoll, counter, UInt32(index), [.in, .et]) == .success)
        }
        let waiters = (0..<3).map { _ in guest.startWait(epoll, limit: 1) }
        for running in waiters { try running.untilBlocked() }
        for counter in counters { _ = guest.add(counter, 1) }
        let seen = try waiters.map { try $0.value().events.map(\.data) }
        #expect(Set(seen) == [[0], [1], [2]])
    }

    @Test func aWaiterThatIsInterruptedPassesItsWakeUpOn() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter(0, .nonblock))
        #expect(guest.add(epoll, counter, 3, [.in, .et]) == .success)
        let first = guest.startWait(epoll)
        try first.untilBlocked()
        let second = guest.startWait(epoll)
        try second.untilBlocked()
        // Chosen and interrupted before it can look.
        guest.locked {
            counter.notify(.in)
            first.thread.interrupt(.ending)
        }
        #expect(try first.value().errno == .intr)
        try awaitCondition("the other one has looked") { guest.locked { second.thread.wakes == 1 } }
        _ = guest.add(counter, 1)
        #expect(try second.value().events == [SeenEvent(3, .in)])
    }

    @Test func aWaiterWhoseTimeIsUpTakesOrPassesOnWhatItWasChosenFor() throws {
        let guest = KernelGuest()
        var (epoll, counter) = (guest.epoll(), guest.counter())
        var second = guest.startWait(epoll)
        let (first, deadline) = try guest.lock { deadline in
            (epoll, counter) = (guest.epoll(), guest.counter())
            #expect(guest.add(epoll, counter, 3, [.in, .et]) == .success)
            let first = guest.startWait(epoll, until: deadline)
            try awaitCondition("it sleeps, or its time is up") { first.isBlocked || first.isDone }
            second = guest.startWait(epoll)
            try second.untilBlocked()
            return first
        }
        var value: UInt64 = 1
        withUnsafeMutableBytes(of: &value) { bytes in
            var vector = iovec(iov_base: bytes.baseAddress, iov_len: 8)
            // The first one's time passes while it cannot leave; then it is chosen.
            while cl_monotonic_ns() < deadline + 5_000_000 { sched_yield() }
            _ = withUnsafeMutablePointer(to: &vector) {
                counter.write(from: IoVectors(base: $0, count: 1, total: 8), guest.main)
            }
            guest.kernel.unlock()
        }
        let early = try first.value()
        #expect(early.errno == .success)
        if early.events.isEmpty { #expect(try second.value().events == [SeenEvent(3, .in)]) }
        if !early.events.isEmpty {
            #expect(second.isBlocked)
            _ = guest.add(counter, 1)
            #expect(try second.value().events == [SeenEvent(3, .in)])
        }
    }

    @Test func theEndOfTheProcessInterruptsEveryWaiter() throws {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let waiters = (0..<3).map { _ in guest.startWait(epoll) }
        for running in waiters { try running.untilBlocked() }
        guest.process.end(.exited(code: 0))
        #expect(try waiters.map { try $0.value().errno } == [.intr, .intr, .intr])
    }

    // MARK: closing

    @Test func aWaitGoesOnWhenTheInstanceIsClosed() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        let endless = guest.startWait(epoll)
        try endless.untilBlocked()
        let (timed, _) = try guest.lock { guest.startWait(epoll, until: $0) }
        guest.kernel.unlock()
        guest.close(epoll)
        #expect(try timed.value() == SeenWait())
        _ = guest.add(counter, 1)
        #expect(try endless.value().events == [SeenEvent(3, .in)])
        #expect(guest.locked { counter.watchers == nil }, "the last waiter took the instance with it")
    }

    @Test func aWatchedObjectThatIsClosedEndsNoWait() throws {
        let guest = KernelGuest()
        let (epoll, counter, other) = (guest.epoll(), guest.counter(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        #expect(guest.add(epoll, other, 4, .in) == .success)
        let running = guest.startWait(epoll)
        try running.untilBlocked()
        guest.close(counter)
        #expect(running.isBlocked)
        _ = guest.add(other, 1)
        #expect(try running.value().events == [SeenEvent(4, .in)])
    }

    // MARK: with objects of the host

    @Test func aHostObjectWakesAWaiterThatCameBeforeIt() throws {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let running = guest.startWait(epoll)
        try running.untilBlocked()
        let (reader, writer) = guest.hostPipe()
        #expect(guest.add(epoll, reader, 3, .in) == .success)
        #expect(Glibc.write(writer, "x", 1) == 1)
        #expect(try running.value().events == [SeenEvent(3, .in)])
        Glibc.close(writer)
    }

    @Test func anObjectOfOursWakesAWaiterInTheHost() throws {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        let (reader, writer) = guest.hostPipe()
        #expect(guest.add(epoll, reader, 3, .in) == .success)
        #expect(guest.add(epoll, counter, 4, .in) == .success)
        let running = guest.startWait(epoll)
        try running.untilBlocked()
        _ = guest.add(counter, 1)
        #expect(try running.value().events == [SeenEvent(4, .in)])
        let ending = guest.startWait(epoll, limit: 1)
        #expect(try ending.value().events == [SeenEvent(4, .in)])
        _ = guest.take(counter)
        let last = guest.startWait(epoll)
        try last.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try last.value().errno == .intr)
        Glibc.close(writer)
    }

    @Test func aNestedInstanceHearsOfTheHost() throws {
        let guest = KernelGuest()
        let (inner, outer) = (guest.epoll(), guest.epoll())
        #expect(guest.add(outer, inner, 9, .in) == .success)
        let running = guest.startWait(outer)
        try running.untilBlocked()
        let (reader, writer) = guest.hostPipe()
        #expect(guest.add(inner, reader, 3, .in) == .success)
        #expect(Glibc.write(writer, "x", 1) == 1)
        #expect(try running.value().events == [SeenEvent(9, .in)])
        #expect(guest.look(inner) == [SeenEvent(3, .in)])
        #expect(guest.read(reader, 1).bytes == Array("x".utf8))
        #expect(guest.look(outer).isEmpty)
        Glibc.close(writer)
    }
}
