import CLinux
import Glibc
import Testing
import WasixABI

@testable import Kernel

@Suite struct PollSetTests {
    private struct Seen: Equatable {
        var end: WaitEnd
        var found: [EpollEvents]
    }

    private func poll(
        _ guest: KernelGuest, _ asked: [(OpenFile, EpollEvents)], until deadline: UInt64 = 0,
        _ thread: GuestThread? = nil
    ) -> Seen {
        let thread = thread ?? guest.main
        let storage = thread.pollScratch(asked.count)
        for (index, (file, interest)) in asked.enumerated() {
            storage.entries[index] = PollEntry(file: .passUnretained(file), interest: interest)
        }
        let end = guest.locked {
            var set = PollSet(storage, count: asked.count)
            defer { set.release() }
            return set.wait(until: deadline, thread)
        }
        return Seen(end: end, found: (0..<asked.count).map { storage.entries[$0].found })
    }

    @Test func allThatIsReadyIsFoundAtOnce() {
        let guest = KernelGuest()
        let (pipe, pair, counter) = (guest.pipe(), guest.pair(), guest.counter(1))
        let (host, hostWriter) = guest.hostPipe()
        _ = guest.write(pair.1, [1])
        let asked: [(OpenFile, EpollEvents)] = [
            (pipe.reader, .in), (pipe.writer, .out), (pair.0, .in), (pair.0, .out), (counter, .in), (host, .in),
        ]
        #expect(poll(guest, asked) == Seen(end: .woken, found: [[], .out, .in, .out, .in, []]))
        #expect(Glibc.write(hostWriter, "x", 1) == 1)
        #expect(poll(guest, asked).found == [[], .out, .in, .out, .in, .in])
        Glibc.close(hostWriter)
    }

    @Test func endsAndErrorsCountForBothDirections() {
        let guest = KernelGuest()
        let (one, other) = (guest.pipe(), guest.pipe())
        guest.close(one.writer)
        guest.close(other.reader)
        #expect(poll(guest, [(one.reader, .in), (other.writer, .out)]).found == [.hup, [.out, .err]])
    }

    /// What the notifier of an instance reports, it reports to one caller: the others must hear of it.
    @Test func everyThreadThatPollsAnInstanceHearsOfTheHost() throws {
        let guest = KernelGuest()
        for round in 0..<200 {
            let epoll = guest.epoll()
            let (reader, writer) = guest.hostPipe()
            #expect(guest.add(epoll, reader, 3, .in) == .success)
            nonisolated(unsafe) let asked: [(OpenFile, EpollEvents)] = [(epoll, .in)]
            let polls = (0..<3).map { _ in guest.start { poll(guest, asked, until: .max, $0) } }
            let waits = (0..<2).map { _ in guest.startWait(epoll) }
            if round % 2 == 0 {
                for thread in polls { try thread.untilBlocked() }
                for thread in waits { try thread.untilBlocked() }
            }
            #expect(Glibc.write(writer, "x", 1) == 1)
            for thread in polls { #expect(try thread.value() == Seen(end: .woken, found: [.in])) }
            for thread in waits { #expect(try thread.value().events == [SeenEvent(3, .in)]) }
            guest.close(epoll)
            guest.close(reader)
            Glibc.close(writer)
        }
    }

    @Test func timeUpFindsNothing() {
        let guest = KernelGuest()
        let pipe = guest.pipe()
        #expect(poll(guest, [(pipe.reader, .in)]) == Seen(end: .timedOut, found: [[]]))
        let deadline = KernelGuest.after(milliseconds: 10)
        #expect(poll(guest, [(pipe.reader, .in)], until: deadline) == Seen(end: .timedOut, found: [[]]))
        #expect(cl_monotonic_ns() >= deadline)
        #expect(guest.waiterCount(pipe.reader) == 0)
    }

    @Test(arguments: [false, true])
    func anyOfThemEndsTheWait(_ hasHostObject: Bool) throws {
        let guest = KernelGuest()
        let (pipe, counter) = (guest.pipe(), guest.counter())
        let (host, hostWriter) = guest.hostPipe()
        var asked: [(OpenFile, EpollEvents)] = [(pipe.reader, .in), (counter, .in)]
        if hasHostObject { asked.append((host, .in)) }
        let rest: [EpollEvents] = hasHostObject ? [[]] : []
        nonisolated(unsafe) let all = asked
        let running = guest.start { poll(guest, all, until: .max, $0) }
        try running.untilBlocked()
        _ = guest.add(counter, 1)
        #expect(try running.value() == Seen(end: .woken, found: [[], .in] + rest))
        #expect(guest.waiterCount(pipe.reader) == 0 && guest.waiterCount(counter) == 0)
        _ = guest.take(counter)
        let again = guest.start { poll(guest, all, until: .max, $0) }
        try again.untilBlocked()
        if hasHostObject {
            #expect(Glibc.write(hostWriter, "x", 1) == 1)
            #expect(try again.value() == Seen(end: .woken, found: [[], [], .in]))
        } else {
            guest.close(pipe.writer)
            #expect(try again.value() == Seen(end: .woken, found: [.hup, []]))
        }
        Glibc.close(hostWriter)
    }

    @Test(arguments: [false, true])
    func theEndOfTheProcessInterruptsTheWait(_ hasHostObject: Bool) throws {
        let guest = KernelGuest()
        let pipe = guest.pipe()
        let (host, hostWriter) = guest.hostPipe()
        nonisolated(unsafe) let asked: [(OpenFile, EpollEvents)] =
            hasHostObject ? [(pipe.reader, .in), (host, .in)] : [(pipe.reader, .in)]
        let running = guest.start { poll(guest, asked, until: .max, $0).end }
        try running.untilBlocked()
        guest.process.end(.exited(code: 0))
        #expect(try running.value() == .interrupted)
        Glibc.close(hostWriter)
    }

    @Test func aPollLeavesTheEventToWhoeverReads() throws {
        let guest = KernelGuest()
        let pipe = guest.pipe()
        nonisolated(unsafe) let asked: [(OpenFile, EpollEvents)] = [(pipe.reader, .in)]
        let polls = (0..<2).map { _ in guest.start { poll(guest, asked, until: .max, $0).found } }
        for running in polls { try running.untilBlocked() }
        let reader = guest.start { guest.read(pipe.reader, 1, $0).bytes }
        try reader.untilBlocked()
        _ = guest.write(pipe.writer, [1, 2])
        #expect(try reader.value() == [1])
        #expect(try polls.map { try $0.value() } == [[.in], [.in]])
    }
}
