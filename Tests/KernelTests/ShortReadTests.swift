import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// The stack of a read that leaves something behind an edge-triggered registration.
@Suite struct ShortReadTests {
    private let guest = KernelGuest(tracer: Tracer())
    private let runner = FrameRunner()

    init() { guest.process.image.runner = runner }

    /// A read as a call makes it.
    private func read(_ file: OpenFile, _ count: Int, _ guest: KernelGuest? = nil) {
        let guest = guest ?? self.guest
        let thread = guest.main
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 8)
        defer { memory.deallocate() }
        withVector(memory, count) { vectors in
            guest.locked {
                thread.noteRead(file.read(into: vectors, thread), of: vectors, from: file)
            }
        }
        if thread.unreadObject != .none { thread.keepShortRead() }
    }

    /// What is kept of the only registration.
    private func kept(_ epoll: Epoll, _ guest: KernelGuest? = nil) -> [GuestFrame]? {
        (guest ?? self.guest).snapshot(epoll).items.first?.shortRead
    }

    /// Writes to a registration, takes the report, and reads so many bytes of 48.
    private func afterReading(
        _ count: Int, of reader: OpenFile, from writer: OpenFile, as events: EpollEvents = [.in, .et],
        _ guest: KernelGuest? = nil
    ) -> [GuestFrame]? {
        let guest = guest ?? self.guest
        let epoll = guest.epoll()
        #expect(guest.add(epoll, reader, 3, events) == .success)
        #expect(guest.write(writer, count: 48).count == 48)
        #expect(guest.look(epoll).count == 1)
        read(reader, count, guest)
        return kept(epoll, guest)
    }

    @Test func whatIsLeftInAPipeKeepsTheStack() {
        let pipe = guest.pipe()
        #expect(afterReading(32, of: pipe.reader, from: pipe.writer) == FrameRunner.frames)
        #expect(runner.taken.withLock { $0 } == 1)
    }

    @Test func whatIsLeftInAPairKeepsTheStack() {
        let pair = guest.pair()
        #expect(afterReading(32, of: pair.0, from: pair.1) == FrameRunner.frames)
    }

    @Test func whatIsDrainedKeepsNone() {
        let pipe = guest.pipe()
        #expect(afterReading(48, of: pipe.reader, from: pipe.writer) == [])
        #expect(runner.taken.withLock { $0 } == 0)
    }

    @Test func aLevelTriggeredRegistrationReportsTheRest() {
        let pipe = guest.pipe()
        #expect(afterReading(32, of: pipe.reader, from: pipe.writer, as: .in) == [])
        #expect(runner.taken.withLock { $0 } == 0)
    }

    @Test func whatIsNotWatchedKeepsNone() {
        let pipe = guest.pipe()
        _ = guest.write(pipe.writer, count: 48)
        read(pipe.reader, 32)
        #expect(runner.taken.withLock { $0 } == 0)
    }

    @Test func aReadThatFailsLeavesNothing() {
        let pipe = guest.pipe(nonblock: true)
        let epoll = guest.epoll()
        #expect(guest.add(epoll, pipe.reader, 3, [.in, .et]) == .success)
        read(pipe.reader, 32)
        #expect(guest.main.unreadObject == .none && runner.taken.withLock { $0 } == 0)
    }

    @Test func aNewEdgeIsToldAndNeedsNoStack() {
        let pipe = guest.pipe()
        let epoll = guest.epoll()
        #expect(guest.add(epoll, pipe.reader, 3, [.in, .et]) == .success)
        _ = guest.write(pipe.writer, count: 48)
        _ = guest.look(epoll)
        read(pipe.reader, 32)
        _ = guest.write(pipe.writer, count: 1)
        #expect(kept(epoll) == [])
        _ = guest.look(epoll)
        #expect(kept(epoll) == FrameRunner.frames)
    }

    /// A read of a socket or a pipe of the host that fills its buffers may have left something.
    @Test func aFullReadOfTheHostMayHaveLeftSomething() {
        let (reader, writer) = guest.hostPipe()
        let epoll = guest.epoll()
        #expect(guest.add(epoll, reader, 3, [.in, .et]) == .success)
        #expect(Glibc.write(writer, [UInt8](repeating: 7, count: 48), 48) == 48)
        read(reader, 64)
        #expect(runner.taken.withLock { $0 } == 0)
        #expect(Glibc.write(writer, [UInt8](repeating: 7, count: 48), 48) == 48)
        read(reader, 32)
        #expect(runner.taken.withLock { $0 } == 1)
    }

    @Test func nothingIsKeptWhileNobodyListens() {
        let quiet = KernelGuest()
        quiet.process.image.runner = runner
        let pipe = quiet.pipe()
        #expect(afterReading(32, of: pipe.reader, from: pipe.writer, quiet) == [])
        #expect(runner.taken.withLock { $0 } == 0)
    }
}

/// Waits whose array is too small for what is ready.
@Suite struct CrowdedWaitTests {
    /// An instance with so many ready registrations, after one wait for `limit` events.
    private func crowded(_ count: UInt32, limit: Int, _ events: EpollEvents) -> UInt64 {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        for number in 0..<count { #expect(guest.add(epoll, guest.counter(1), number + 3, events) == .success) }
        _ = guest.look(epoll, limit: limit)
        return guest.snapshot(epoll).crowdedWaits
    }

    @Test(arguments: [EpollEvents.in, [.in, .et], [.in, .oneshot]])
    func aFullArrayWithEightMoreBehindItIsCounted(_ events: EpollEvents) {
        #expect(crowded(9, limit: 1, events) == 1)
        #expect(crowded(8, limit: 1, events) == 0)
        #expect(crowded(18, limit: 2, events) == 1)
        #expect(crowded(17, limit: 2, events) == 0)
        #expect(crowded(64, limit: 64, events) == 0)
    }

    @Test func everySuchWaitCounts() {
        let guest = KernelGuest()
        let epoll = guest.epoll()
        for number in 0..<UInt32(20) { #expect(guest.add(epoll, guest.counter(1), number + 3, .in) == .success) }
        for _ in 0..<5 { _ = guest.look(epoll, limit: 1) }
        _ = guest.look(epoll, limit: 64)
        #expect(guest.snapshot(epoll).crowdedWaits == 5)
    }
}
