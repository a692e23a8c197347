import CLinux
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

@Suite struct EpollRegistrationTests {
    /// Puts `file` into the process's table; the test's own hold goes, the number is what keeps it.
    private func install(_ guest: KernelGuest, _ file: OpenFile) -> FdNumber {
        guest.locked {
            let fd = try! guest.process.descriptors.install(file)
            file.release()
            return fd
        }
    }

    private func duplicate(_ guest: KernelGuest, _ fd: FdNumber, onto number: UInt32) -> FdNumber {
        let other = FdNumber(rawValue: number)
        #expect(
            guest.outcome { () throws(Errno) in try guest.process.descriptors.duplicate(fd, onto: other) } == .success)
        return other
    }

    private func close(_ guest: KernelGuest, _ fd: FdNumber) {
        #expect(guest.locked { guest.process.descriptors.close(fd) })
    }

    @Test func duplicatesAreRegistrationsOfTheirOwn() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        #expect(guest.add(epoll, reader, 3, .in) == .success)
        #expect(guest.add(epoll, reader, 3, .in) == .exist)
        #expect(guest.add(epoll, reader, 4, [.in, .et]) == .success)
        _ = guest.write(writer, [1])
        #expect(Set(guest.look(epoll).map(\.data)) == [3, 4])
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        #expect(guest.delete(epoll, reader, 3) == .success)
        _ = guest.write(writer, [1])
        #expect(guest.look(epoll) == [SeenEvent(4, .in)])
    }

    @Test func aRegistrationOutlivesItsNumberWhileADuplicateIsOpen() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        let fd = install(guest, counter)
        #expect(guest.add(epoll, counter, fd.rawValue, .in) == .success)
        let other = duplicate(guest, fd, onto: 40)
        close(guest, fd)
        _ = guest.add(counter, 1)
        #expect(guest.look(epoll) == [SeenEvent(UInt64(fd.rawValue), .in)])
        let ghost = guest.snapshot(epoll).items[0]
        #expect(ghost.isGhost && ghost.fd == fd)
        close(guest, other)
        #expect(guest.look(epoll).isEmpty)
        #expect(guest.snapshot(epoll).items.isEmpty)
    }

    @Test func aNumberThatIsUsedAgainIsAnotherKey() {
        let guest = KernelGuest()
        let (epoll, old, new) = (guest.epoll(), guest.counter(), guest.counter())
        let fd = install(guest, old)
        #expect(guest.add(epoll, old, fd.rawValue, .in) == .success)
        let kept = duplicate(guest, fd, onto: 40)
        close(guest, fd)
        #expect(install(guest, new) == fd)
        #expect(guest.add(epoll, new, fd.rawValue, .in) == .success)
        #expect(guest.modify(epoll, new, fd.rawValue, .in, data: 77) == .success)
        _ = guest.add(old, 1)
        #expect(guest.look(epoll) == [SeenEvent(UInt64(fd.rawValue), .in)], "the old one keeps its data")
        _ = guest.add(new, 1)
        #expect(guest.look(epoll) == [SeenEvent(UInt64(fd.rawValue), .in), SeenEvent(77, .in)])
        #expect(guest.snapshot(epoll).items.map(\.isGhost) == [true, false])
        close(guest, kept)
        #expect(guest.look(epoll) == [SeenEvent(77, .in)])
    }

    @Test func aClosedInstanceLetsGoOfWhatItWatches() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        guest.close(epoll)
        #expect(guest.locked { counter.watchers == nil })
        #expect(guest.add(counter, 1).isSuccess)
    }

    // MARK: nesting

    /// Linux: path_limits in fs/eventpoll.c; ways of one link may be 500, of two 100.
    @Test func thereAreNotTooManyWaysFromAnEventToItsWaiters() {
        let guest = KernelGuest()
        let (counter, inner) = (guest.counter(), guest.epoll())
        let outers = (0..<501).map { _ in guest.epoll() }
        #expect(guest.add(inner, counter, 3, .in) == .success)
        for outer in outers.dropLast() { #expect(guest.add(outer, inner, 4, .in) == .success) }
        #expect(guest.add(outers[500], inner, 4, .in) == .inval)
        #expect(guest.locked { outers[500].itemCount } == 0, "a refused registration leaves nothing behind")
        // What is added to an instance with that many ways up is refused too, where the first one was not.
        #expect(guest.delete(outers[0], inner, 4) == .success)
        #expect(guest.add(outers[500], inner, 4, .in) == .success)
        #expect(guest.add(inner, counter, 5, .in) == .inval)
        #expect(guest.add(inner, guest.counter(), 6, .in) == .success)
        // An instance of which nothing but instances can be reached has no events to limit.
        let empty = guest.epoll()
        for outer in outers { #expect(guest.add(outer, empty, 7, .in) == .success) }
    }

    @Test func aWideNestIsSearchedOnce() {
        // Five floors of thirty instances, each watching all of the floor below: 24 million ways, 3,600 links.
        let guest = KernelGuest()
        let floors = (0..<5).map { _ in (0..<30).map { _ in guest.epoll() } }
        for (lower, upper) in zip(floors, floors.dropFirst()) {
            for one in upper {
                for (number, other) in lower.enumerated() {
                    #expect(guest.add(one, other, UInt32(number), .in) == .success)
                }
            }
        }
        #expect(guest.add(floors[0][0], floors[4][0], 99, .in) == .loop)
        #expect(guest.add(guest.epoll(), floors[4][0], 99, .in) == .loop)
        #expect(guest.add(floors[0][0], guest.counter(), 99, .in) == .inval)
    }

    @Test func anInstanceIsReadyWhenWhatItWatchesIs() {
        let guest = KernelGuest()
        let (inner, outer, counter) = (guest.epoll(), guest.epoll(), guest.counter())
        #expect(guest.add(outer, inner, 3, .in) == .success)
        #expect(guest.add(inner, counter, 4, .in) == .success)
        #expect(guest.look(outer).isEmpty)
        _ = guest.add(counter, 1)
        #expect(guest.look(outer) == [SeenEvent(3, .in)])
        #expect(guest.look(inner) == [SeenEvent(4, .in)])
        _ = guest.take(counter)
        #expect(guest.look(outer).isEmpty)
        #expect(guest.readiness(inner) == [])
    }

    @Test func anInstanceNeverWatchesItself() {
        let guest = KernelGuest()
        let (one, other, third) = (guest.epoll(), guest.epoll(), guest.epoll())
        #expect(guest.add(one, one, 3, .in) == .inval)
        #expect(guest.add(one, other, 3, .in) == .success)
        #expect(guest.add(other, third, 3, .in) == .success)
        #expect(guest.add(other, one, 4, .in) == .loop)
        #expect(guest.add(third, one, 4, .in) == .loop)
        #expect(guest.delete(other, third, 3) == .success)
        #expect(guest.add(third, one, 4, .in) == .success)
    }

    /// The host's own answer for every depth, whichever end the chain grows at.
    @Test(arguments: [false, true])
    func chainsAreAsLongAsTheHostsOwn(_ growsOutward: Bool) {
        let guest = KernelGuest()
        var last = guest.epoll()
        var results: [Errno] = []
        for _ in 0..<8 {
            let next = guest.epoll()
            results.append(growsOutward ? guest.add(next, last, 3, .in) : guest.add(last, next, 3, .in))
            last = next
        }
        #expect(results == Self.hostChain(growsOutward))
    }

    private static func hostChain(_ growsOutward: Bool) -> [Errno] {
        var chain = [epoll_create1(0)]
        defer { for fd in chain { Glibc.close(fd) } }
        return (0..<8).map { _ in
            let (last, next) = (chain.last!, epoll_create1(0))
            chain.append(next)
            var event = epoll_event()
            event.events = EPOLLIN.rawValue
            let answer =
                growsOutward
                ? epoll_ctl(next, EPOLL_CTL_ADD, last, &event) : epoll_ctl(last, EPOLL_CTL_ADD, next, &event)
            return answer == 0 ? .success : Errno(host: errno)
        }
    }

    @Test func theEndOfAChainReachesItsBeginning() throws {
        let guest = KernelGuest()
        let counter = guest.counter()
        let chain = (0..<5).map { _ in guest.epoll() }
        for index in 1..<5 { #expect(guest.add(chain[index], chain[index - 1], 3, .in) == .success) }
        #expect(guest.add(chain[0], counter, 9, .in) == .success)
        let running = guest.startWait(chain[4])
        try running.untilBlocked()
        _ = guest.add(counter, 1)
        #expect(try running.value().events == [SeenEvent(3, .in)])
    }

    // MARK: reasons

    @Test func reasonsSayWhyThereIsNoEvent() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        let counter = guest.counter(1)
        #expect(guest.add(epoll, reader, 3, [.in, .et]) == .success)
        #expect(guest.add(epoll, reader, 4, [.in]) == .success)
        #expect(guest.add(epoll, reader, 5, [.out, .oneshot]) == .success)
        #expect(guest.add(epoll, counter, 6, [.in, .oneshot]) == .success)
        #expect([3, 4, 5, 6].map { guest.reason(epoll, $0) } == [.notReady, .notReady, .notReady, .reportedLevel])
        _ = guest.write(writer, [1])
        #expect([3, 4, 5].map { guest.reason(epoll, $0) } == [.reportedEdge, .reportedLevel, .notInMask])
        #expect(guest.look(epoll).count == 3)
        #expect([3, 4, 6].map { guest.reason(epoll, $0) } == [.edgeSpent, .reportedLevel, .oneShotSpent])
        #expect(guest.modify(epoll, counter, 6, [.in, .oneshot]) == .success)
        #expect(guest.reason(epoll, 6) == .reportedLevel)
    }

    @Test func aSnapshotTellsEdgesAndReports() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, [.in, .et, .oneshot]) == .success)
        _ = guest.add(counter, 1)
        _ = guest.add(counter, 1)
        var item = guest.snapshot(epoll).items[0]
        #expect(item.edges == 2 && item.reportedEdge == 0 && item.reports == 0 && item.isOnReadyList)
        #expect(item.mask == [.in, .err, .hup, .et, .oneshot])
        #expect(item.levelWouldReport && item.lastReported.isEmpty && item.ready == [.in, .out])
        _ = guest.look(epoll)
        item = guest.snapshot(epoll).items[0]
        #expect(item.edges == 2 && item.reportedEdge == 2 && item.reports == 1 && !item.isOnReadyList)
        #expect(item.lastReported == .in)
        let whole = guest.snapshot(epoll)
        #expect(whole.waits == 1 && whole.eventsDelivered == 1 && whole.timeouts == 0)
    }

    @Test func aSnapshotChangesNothing() {
        let guest = KernelGuest()
        let (inner, outer) = (guest.epoll(), guest.epoll())
        let counters = (0..<3).map { _ in guest.counter(1) }
        for (index, counter) in counters.enumerated() {
            #expect(guest.add(inner, counter, UInt32(index), .in) == .success)
        }
        #expect(guest.add(outer, inner, 9, [.in, .et]) == .success)
        _ = guest.take(counters[0])
        #expect(guest.snapshot(inner).readyOrder.map(\.rawValue) == [0, 1, 2])
        #expect(guest.snapshot(outer).items[0].ready == .in)
        #expect(guest.snapshot(inner).readyOrder.map(\.rawValue) == [0, 1, 2])
        #expect(guest.look(outer) == [SeenEvent(9, .in)])
    }
}
