import Testing
import WasixABI

@testable import Kernel

@Suite struct EpollTriggerTests {
    @Test func aLevelIsReportedUntilItIsGone() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        #expect(guest.add(epoll, reader, 3, .in) == .success)
        #expect(guest.look(epoll).isEmpty)
        _ = guest.write(writer, [1, 2])
        for _ in 0..<3 { #expect(guest.look(epoll) == [SeenEvent(3, .in)]) }
        _ = guest.read(reader, 1)
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        _ = guest.read(reader, 1)
        #expect(guest.look(epoll).isEmpty)
        guest.close(writer)
        #expect(guest.look(epoll) == [SeenEvent(3, .hup)])
    }

    @Test func anEdgeIsReportedOnce() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        #expect(guest.add(epoll, reader, 3, [.in, .et]) == .success)
        _ = guest.write(writer, [1, 2, 3])
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        #expect(guest.look(epoll).isEmpty)
        _ = guest.read(reader, 1)
        #expect(guest.look(epoll).isEmpty, "what is left is no new edge")
        _ = guest.write(writer, [4])
        #expect(guest.look(epoll) == [SeenEvent(3, .in)], "more data is one, though it was ready before")
    }

    @Test func whatIsReadyAtAddIsAnEdge() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        _ = guest.write(writer, [1])
        #expect(guest.add(epoll, reader, 3, [.in, .et]) == .success)
        #expect(guest.add(epoll, writer, 4, [.out, .et]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, .in), SeenEvent(4, .out)])
        #expect(guest.look(epoll).isEmpty)
    }

    @Test func anEventTakenBeforeTheWaitIsNotReported() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        #expect(guest.add(epoll, reader, 3, [.in, .et]) == .success)
        _ = guest.write(writer, [1])
        _ = guest.read(reader, 1)
        #expect(guest.look(epoll).isEmpty)
    }

    @Test func everyWriteToACounterIsAnEdge() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, [.in, .et]) == .success)
        _ = guest.add(counter, 1)
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        _ = guest.add(counter, 0)
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        #expect(guest.look(epoll).isEmpty)
    }

    @Test func anEdgeBetweenTwoWaitsIsNotLostAfterAFullDrain() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe(nonblock: true))
        #expect(guest.add(epoll, reader, 3, [.in, .et]) == .success)
        for _ in 0..<3 {
            _ = guest.write(writer, [1, 2])
            #expect(guest.look(epoll) == [SeenEvent(3, .in)])
            #expect(guest.read(reader, 8).bytes == [1, 2])
            #expect(guest.read(reader, 8).result.errno == .again)
        }
        _ = guest.write(writer, [3])
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        #expect(guest.look(epoll).isEmpty)
    }

    /// A write to a counter is news for readers alone, a read for writers alone (Linux: fs/eventfd.c).
    @Test func edgesOfTheTwoDirectionsAreCountedApart() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter())
        #expect(guest.add(epoll, counter, 3, [.out, .et]) == .success)
        #expect(guest.add(epoll, counter, 4, [.in, .et]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, .out)])
        _ = guest.add(counter, 1)
        #expect(guest.look(epoll) == [SeenEvent(4, .in)])
        _ = guest.take(counter)
        #expect(guest.look(epoll) == [SeenEvent(3, .out)])
        let (reader, writer) = guest.pipe(nonblock: true)
        #expect(guest.add(epoll, writer, 5, [.out, .et]) == .success)
        #expect(guest.add(epoll, reader, 6, [.in, .et]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(5, .out)])
        #expect(guest.write(writer, count: 65_536).count == 65_536)
        #expect(guest.look(epoll) == [SeenEvent(6, .in)])
        _ = guest.read(reader, 4096)
        #expect(guest.look(epoll) == [SeenEvent(5, .out)])
    }

    @Test func roomInAFullPipeIsAnEdge() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe(nonblock: true))
        #expect(guest.write(writer, count: 65_536).count == 65_536)
        #expect(guest.add(epoll, writer, 3, [.out, .et]) == .success)
        #expect(guest.look(epoll).isEmpty)
        _ = guest.read(reader, 4096)
        #expect(guest.look(epoll) == [SeenEvent(3, .out)])
        #expect(guest.look(epoll).isEmpty)
    }

    @Test func activityShowsTheWholeState() {
        let guest = KernelGuest()
        let (epoll, (one, other)) = (guest.epoll(), guest.pair())
        #expect(guest.add(epoll, one, 3, [.in, .out, .rdhup, .et]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, .out)])
        _ = guest.write(other, [1])
        #expect(guest.look(epoll) == [SeenEvent(3, [.in, .out])])
        guest.close(other)
        #expect(guest.look(epoll) == [SeenEvent(3, [.in, .out, .rdhup, .hup])])
    }

    @Test func aOneShotIsSilentUntilItIsArmedAgain() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        #expect(guest.add(epoll, reader, 3, [.in, .oneshot]) == .success)
        _ = guest.write(writer, [1])
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        _ = guest.write(writer, [2])
        guest.close(writer)
        #expect(guest.look(epoll).isEmpty, "not even the end is told")
        #expect(guest.add(epoll, reader, 3, .in) == .exist)
        #expect(guest.modify(epoll, reader, 3, [.in, .oneshot]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, [.in, .hup])])
        #expect(guest.look(epoll).isEmpty)
    }

    @Test func anEdgeTriggeredOneShotGivesOneEventInAll() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 3, [.in, .et, .oneshot]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        _ = guest.add(counter, 1)
        #expect(guest.look(epoll).isEmpty)
    }

    @Test func changingARegistrationReportsAgainWhatIsReady() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 3, [.in, .et]) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
        #expect(guest.modify(epoll, counter, 3, [.in, .et], data: 9) == .success)
        #expect(guest.look(epoll) == [SeenEvent(9, .in)])
        #expect(guest.modify(epoll, counter, 3, [.out, .et], data: 10) == .success)
        #expect(guest.look(epoll) == [SeenEvent(10, .out)])
        #expect(guest.modify(epoll, counter, 3, .pri) == .success)
        #expect(guest.look(epoll).isEmpty)
    }

    @Test func anEmptyMaskStillHearsOfTheEnd() {
        let guest = KernelGuest()
        let (epoll, (reader, writer)) = (guest.epoll(), guest.pipe())
        let other = guest.pipe()
        #expect(guest.add(epoll, reader, 3, []) == .success)
        #expect(guest.add(epoll, other.writer, 4, []) == .success)
        _ = guest.write(writer, [1])
        #expect(guest.look(epoll).isEmpty)
        guest.close(writer)
        #expect(guest.look(epoll) == [SeenEvent(3, .hup)])
        guest.close(other.reader)
        #expect(guest.look(epoll) == [SeenEvent(3, .hup), SeenEvent(4, .err)])
    }

    @Test func deletingEndsReports() {
        let guest = KernelGuest()
        let (epoll, counter) = (guest.epoll(), guest.counter(1))
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        #expect(guest.delete(epoll, counter, 3) == .success)
        #expect(guest.look(epoll).isEmpty)
        #expect(guest.delete(epoll, counter, 3) == .noent)
        #expect(guest.modify(epoll, counter, 3, .in) == .noent)
        #expect(guest.add(epoll, counter, 3, .in) == .success)
        #expect(guest.look(epoll) == [SeenEvent(3, .in)])
    }

    // MARK: order

    @Test func eventsComeInTheOrderOfBecomingReady() {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let counters = (0..<4).map { _ in guest.counter() }
        for (index, counter) in counters.enumerated() {
            #expect(guest.add(epoll, counter, UInt32(index), [.in, .et]) == .success)
        }
        for index in [2, 0, 3, 1, 2] { _ = guest.add(counters[index], 1) }
        #expect(guest.look(epoll).map(\.data) == [2, 0, 3, 1])
    }

    @Test func whatDoesNotFitComesFirstNextTime() {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        for index in 0..<5 { #expect(guest.add(epoll, guest.counter(1), UInt32(index), .in) == .success) }
        #expect(guest.look(epoll, limit: 2).map(\.data) == [0, 1])
        #expect(guest.look(epoll, limit: 2).map(\.data) == [2, 3])
        #expect(guest.look(epoll, limit: 2).map(\.data) == [4, 0])
        #expect(guest.look(epoll, limit: 64).map(\.data) == [1, 2, 3, 4, 0])
    }

    @Test func staleItemsTakeNoPlace() {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        let counters = (0..<6).map { _ in guest.counter(1) }
        for (index, counter) in counters.enumerated() {
            #expect(guest.add(epoll, counter, UInt32(index), .in) == .success)
        }
        for index in [0, 1, 3] { _ = guest.take(counters[index]) }
        #expect(guest.look(epoll, limit: 2).map(\.data) == [2, 4])
        #expect(guest.look(epoll, limit: 2).map(\.data) == [5, 2])
    }
}
