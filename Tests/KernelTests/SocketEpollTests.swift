import CLinux
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// How epoll reports real TCP sockets (WasixABI.docc/Triggering, WasixABI.docc/Readiness;
/// scenarios 6, 9, 18 and 19 of WasixABI.docc/AcceptanceScenarios).
@Suite struct SocketEpollTests {
    static let stream: EpollEvents = [.in, .out, .rdhup]

    @Test(arguments: [EpollEvents(), .et]) func dataThatCameBeforeAddIsReported(mode: EpollEvents) throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.send(client.file, [1])
        #expect(lab.add(epoll, server.file, server.fd, mode.union(.in)) == .success)
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
    }

    @Test(arguments: [EpollEvents(), .et]) func dataThatComesAfterAddIsReported(mode: EpollEvents) throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, mode.union(.in))
        #expect(lab.events(epoll) == [])
        lab.send(client.file, [1])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
    }

    @Test func dataThatArrivesIsNoEdgeForWhoOnlyWrites() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.out, .et])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .out)])
        lab.send(client.file, [1])
        while !HostPoll.now(server.file.hostFd).contains(.in) { sched_yield() }
        #expect(lab.events(epoll) == [])
    }

    @Test func levelIsReportedByEveryWaitUntilDrained() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, .in)
        lab.send(client.file, [1, 2, 3])
        let event = SocketLab.Event(fd: server.fd, events: .in)
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.events(epoll) == [event])
        // A read that takes what it asked for says nothing of what is left.
        #expect(lab.receive(server.file, 2).bytes == [1, 2])
        #expect(lab.events(epoll) == [event])
        #expect(lab.receive(server.file, 1).bytes == [3])
        #expect(lab.events(epoll) == [])
        // A short one says that nothing is.
        lab.send(client.file, [4])
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.receive(server.file, 8).bytes == [4])
        #expect(lab.events(epoll) == [])
        lab.send(client.file, [5])
        #expect(lab.nextEvents(epoll) == [event])
    }

    @Test func aReadThatStopsAtUrgentDataIsNotTheEndOfTheQueue() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, .in)
        var bytes: [UInt8] = [1, 2]
        #expect(Glibc.send(client.file.hostFd, &bytes, 2, Int32(MSG_OOB)) == 2)
        #expect(Glibc.send(client.file.hostFd, &bytes, 1, 0) == 1)
        while !HostPoll.now(server.file.hostFd).contains(.pri) { sched_yield() }
        let event = SocketLab.Event(fd: server.fd, events: .in)
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.receive(server.file, 8).bytes == [1])
        #expect(lab.events(epoll) == [event])
        #expect(lab.receive(server.file, 8).bytes == [1])
        #expect(lab.receive(server.file, 8, .dontWait).result.errno == .again)
        #expect(lab.events(epoll) == [])
    }

    @Test func levelIsNotReportedOnceAReadWouldBlock() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, .in)
        lab.send(client.file, [1, 2])
        #expect(lab.nextEvents(epoll).count == 1)
        #expect(lab.receive(server.file, 2).bytes == [1, 2])
        #expect(lab.receive(server.file, 2, .dontWait).result.errno == .again)
        #expect(lab.events(epoll) == [])
        lab.send(client.file, [3])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
    }

    @Test(arguments: [EpollEvents(), .et]) func theEndAloneIsReportedAfterAReadThatFoundNothing(
        mode: EpollEvents
    ) throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        #expect(lab.receive(server.file, 1, .dontWait).result.errno == .again)
        lab.add(epoll, server.file, server.fd, mode.union(.rdhup))
        #expect(lab.events(epoll) == [])
        #expect(lab.receive(server.file, 1, .dontWait).result.errno == .again)
        try lab.kernel.locked { () throws(Errno) in try client.file.shutDown(read: false, write: true) }
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .rdhup)])
    }

    @Test func aSecondRegistrationIsNoEdgeForTheFirst() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.in, .et])
        lab.send(client.file, [1])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
        let copy = lab.duplicate(server.fd, 70)
        lab.add(epoll, server.file, copy, [.in, .et])
        #expect(lab.events(epoll) == [.init(fd: copy, events: .in)])
        lab.modify(epoll, server.file, copy, [.in, .out, .et])
        #expect(lab.events(epoll) == [.init(fd: copy, events: [.in, .out])])
        lab.send(client.file, [2])
        #expect(lab.nextEvents(epoll).contains(.init(fd: server.fd, events: .in)), "data is an edge for both")
        try lab.kernel.locked { () throws(Errno) in try epoll.delete(server.file, server.fd) }
        lab.send(client.file, [3])
        #expect(lab.nextEvents(epoll) == [.init(fd: copy, events: [.in, .out])], "the second lives on")
    }

    @Test func aPeekDoesNotEndALevel() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, .in)
        lab.send(client.file, [1])
        #expect(lab.nextEvents(epoll).count == 1)
        #expect(lab.receive(server.file, 8, .peek).bytes == [1])
        #expect(lab.events(epoll) == [.init(fd: server.fd, events: .in)])
    }

    @Test func anEdgeIsReportedOnceAndEachSegmentIsANewOne() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.in, .et])
        lab.send(client.file, [1, 2, 3])
        let event = SocketLab.Event(fd: server.fd, events: .in)
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.events(epoll) == [])
        #expect(lab.receive(server.file, 1).bytes == [1])
        #expect(lab.events(epoll) == [])
        lab.send(client.file, [4])
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.events(epoll) == [])
    }

    @Test func anEdgeShowsTheWholeState() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.in, .out, .et])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .out)])
        lab.send(client.file, [1])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: [.in, .out])])
    }

    @Test func modifyReportsAgainWhatIsReady() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.in, .et])
        lab.send(client.file, [1])
        let event = SocketLab.Event(fd: server.fd, events: .in)
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.modify(epoll, server.file, server.fd, [.in, .et]) == .success)
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.modify(epoll, server.file, server.fd, [.in, .out, .et]) == .success)
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: [.in, .out])])
        #expect(lab.modify(epoll, server.file, server.fd, [.out]) == .success)
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .out)])
    }

    @Test func aOneShotIsSilentUntilModify() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.in, .oneshot])
        lab.send(client.file, [1])
        let event = SocketLab.Event(fd: server.fd, events: .in)
        #expect(lab.nextEvents(epoll) == [event])
        lab.send(client.file, [2])
        #expect(lab.events(epoll) == [])
        lab.modify(epoll, server.file, server.fd, [.in, .oneshot])
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.receive(server.file, 8).bytes == [1, 2])
        lab.modify(epoll, server.file, server.fd, [.in, .oneshot])
        #expect(lab.events(epoll) == [])
        lab.send(client.file, [3])
        #expect(lab.nextEvents(epoll) == [event])
    }

    // MARK: ends

    @Test func thePeersShutdownIsInAndRdhupOnlyWhenAsked() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let asking = try lab.epoll()
        let plain = try lab.epoll()
        lab.add(asking.file, server.file, server.fd, [.in, .rdhup])
        lab.add(plain.file, server.file, server.fd, .in)
        try lab.kernel.locked { () throws(Errno) in try client.file.shutDown(read: false, write: true) }
        #expect(lab.nextEvents(asking.file) == [.init(fd: server.fd, events: [.in, .rdhup])])
        #expect(lab.nextEvents(plain.file) == [.init(fd: server.fd, events: .in)])
        // The level of an end stays, also after a read that found nothing.
        #expect(lab.receive(server.file, 4).result.count == 0)
        #expect(lab.events(plain.file) == [.init(fd: server.fd, events: .in)])
        // Both directions shut: HUP unrequested.
        try lab.kernel.locked { () throws(Errno) in try server.file.shutDown(read: false, write: true) }
        #expect(lab.nextEvents(plain.file) == [.init(fd: server.fd, events: [.in, .hup])])
    }

    /// Also when a snapshot heard of it first, and nothing else is asked for.
    @Test(arguments: [EpollEvents(), .in]) func thePeersShutdownIsALevel(mask: EpollEvents) throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, mask.union(.rdhup))
        #expect(lab.events(epoll) == [])
        try lab.kernel.locked { () throws(Errno) in try client.file.shutDown(read: false, write: true) }
        let event = SocketLab.Event(fd: server.fd, events: mask.union(.rdhup))
        _ = lab.kernel.locked { epoll.drain(epoll.notifier!, wakes: true) }
        for _ in 0..<3 { #expect(lab.nextEvents(epoll) == [event]) }
        for _ in 0..<3 { #expect(lab.events(epoll) == [event]) }
    }

    @Test func theEndBehindDataIsStillReportedAfterAShortRead() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, .in)
        lab.send(client.file, [1])
        lab.close(client.fd)
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
        #expect(lab.receive(server.file, 8).bytes == [1])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
        #expect(lab.receive(server.file, 8).result.count == 0)
    }

    @Test func aResetIsErrAndHup() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, Self.stream.union(.et))
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .out)])
        try? lab.kernel.locked { () throws(Errno) in try client.file.setTime(.linger, 0) }
        lab.close(client.fd)
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: [.in, .out, .rdhup, .err, .hup])])
        #expect(lab.receive(server.file, 1).result.errno == .connreset)
    }

    @Test func aFreshSocketIsWritableAndHungUp() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        let epoll = try lab.epoll().file
        lab.add(epoll, socket.file, socket.fd, .out)
        #expect(lab.nextEvents(epoll) == [.init(fd: socket.fd, events: [.out, .hup])])
    }

    // MARK: connecting and accepting

    @Test func aRefusedConnectIsOutErrHupAndItsErrorComesOnce() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        socket.file.flags = .nonblock
        let epoll = try lab.epoll().file
        #expect(lab.connect(socket.file, try lab.closedPort()) == .inprogress)
        lab.add(epoll, socket.file, socket.fd, .out)
        #expect(lab.nextEvents(epoll) == [.init(fd: socket.fd, events: [.out, .err, .hup])])
        #expect(try lab.kernel.locked { () throws(Errno) in try socket.file.size(.lastError) } == 14)
        #expect(lab.events(epoll) == [.init(fd: socket.fd, events: [.out, .hup])])
    }

    @Test func anAcceptedConnectIsOut() throws {
        let lab = SocketLab()
        let (_, address) = try lab.listener()
        let socket = try lab.socket()
        socket.file.flags = .nonblock
        let epoll = try lab.epoll().file
        #expect(lab.connect(socket.file, address) == .inprogress)
        lab.add(epoll, socket.file, socket.fd, [.out, .et])
        #expect(lab.nextEvents(epoll) == [.init(fd: socket.fd, events: .out)])
        #expect(try lab.kernel.locked { () throws(Errno) in try socket.file.size(.lastError) } == 0)
        #expect(try lab.kernel.locked { () throws(Errno) in try socket.file.peerAddress() } == address)
    }

    @Test func aListenerHasAnEdgeForEachConnection() throws {
        let lab = SocketLab()
        let (listening, address) = try lab.listener()
        let epoll = try lab.epoll().file
        lab.add(epoll, listening.file, listening.fd, [.in, .et])
        for _ in 0..<3 {
            let client = try lab.socket()
            #expect(lab.connect(client.file, address) == .success)
        }
        let event = SocketLab.Event(fd: listening.fd, events: .in)
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.events(epoll) == [])
        _ = try lab.accept(listening.file)
        #expect(lab.events(epoll) == [])
        let client = try lab.socket()
        #expect(lab.connect(client.file, address) == .success)
        #expect(lab.nextEvents(epoll) == [event])
    }

    @Test func aLevelTriggeredListenerStaysUntilItsQueueIsEmpty() throws {
        let lab = SocketLab()
        let (listening, address) = try lab.listener()
        listening.file.flags = .nonblock
        let epoll = try lab.epoll().file
        lab.add(epoll, listening.file, listening.fd, .in)
        for _ in 0..<2 {
            let client = try lab.socket()
            #expect(lab.connect(client.file, address) == .success)
        }
        for _ in 0..<2 {
            #expect(lab.nextEvents(epoll) == [.init(fd: listening.fd, events: .in)])
            _ = try lab.accept(listening.file)
        }
        #expect(throws: Errno.again) { try lab.accept(listening.file) }
        #expect(lab.events(epoll) == [])
    }

    // MARK: writability

    @Test(arguments: [EpollEvents(), .et]) func aFullSocketIsWritableAgainWhenThePeerReads(mode: EpollEvents) throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, client.file, client.fd, mode.union(.out))
        let event = SocketLab.Event(fd: client.fd, events: .out)
        #expect(lab.nextEvents(epoll) == [event])
        let big = [UInt8](repeating: 1, count: 16 << 20)
        var sent = 0
        while true {
            let result = lab.send(client.file, big, .dontWait)
            guard result.isSuccess else { break }
            sent += result.count
        }
        while !lab.events(epoll).isEmpty { _ = lab.send(client.file, big, .dontWait) }
        #expect(lab.receive(server.file, sent, .waitAll).result.count == sent)
        #expect(lab.nextEvents(epoll) == [event])
    }

    // MARK: several registrations

    @Test func everyInstanceAndDuplicateHearsOfEverything() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let first = try lab.epoll().file
        let second = try lab.epoll().file
        let twin = lab.duplicate(server.fd, 40)
        lab.add(first, server.file, server.fd, .in)
        lab.add(first, server.file, twin, [.in, .et])
        lab.add(second, server.file, server.fd, [.in, .et])
        #expect(lab.add(first, server.file, twin, .in) == .exist)
        for _ in 0..<3 {
            lab.send(client.file, [1])
            #expect(Set(lab.nextEvents(first).map(\.fd)) == [server.fd, twin])
            #expect(lab.nextEvents(second) == [.init(fd: server.fd, events: .in)])
        }
        // What one reader takes is gone for all.
        #expect(lab.receive(server.file, 8).bytes == [1, 1, 1])
        #expect(lab.events(first) == [])
        #expect(lab.events(second) == [])
    }

    @Test func aRegistrationLivesUntilTheLastDuplicateIsClosed() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        let twin = lab.duplicate(server.fd, 40)
        lab.add(epoll, server.file, server.fd, .in)
        lab.close(server.fd)
        lab.send(client.file, [1])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
        lab.close(twin)
        #expect(lab.events(epoll) == [])
    }

    @Test func aReusedNumberBringsNoForeignEvents() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.in, .et])
        lab.send(client.file, [1])
        lab.close(server.fd)
        let (other, reused) = try lab.connection()
        #expect(lab.add(epoll, reused.file, reused.fd, [.in, .et]) == .success)
        #expect(lab.events(epoll) == [])
        lab.send(other.file, [2])
        #expect(lab.nextEvents(epoll) == [.init(fd: reused.fd, events: .in)])
    }

    @Test func anOuterInstanceHearsOfSocketsInAnInnerOne() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let inner = try lab.epoll()
        let outer = try lab.epoll().file
        lab.add(outer, inner.file, inner.fd, .in)
        lab.add(inner.file, server.file, server.fd, .in)
        #expect(lab.events(outer) == [])
        lab.send(client.file, [1])
        #expect(lab.nextEvents(outer) == [.init(fd: inner.fd, events: .in)])
        #expect(lab.events(outer) == [.init(fd: inner.fd, events: .in)])
        #expect(lab.receive(server.file, 8).bytes == [1])
        #expect(lab.events(outer) == [])
    }

    @Test func whatASnapshotSawAndAReaderTookIsNotReported() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll()
        lab.add(epoll.file, server.file, server.fd, .in)
        lab.send(client.file, [1])
        let snapshot = epoll.file.snapshot(lab.process.descriptors, fd: epoll.fd, portion: 64)
        #expect(snapshot.readyOrder == [server.fd])
        #expect(lab.receive(server.file, 8).bytes == [1])
        #expect(lab.events(epoll.file) == [])
    }

    @Test func dataBetweenWouldBlockAndItsNoteIsNotForgotten() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, [.in, .oneshot])
        lab.send(client.file, [1])
        #expect(lab.nextEvents(epoll).count == 1)
        #expect(lab.receive(server.file, 1).bytes == [1])
        // A reader is told would-block; before it has the lock again, data comes and another thread's wait hears of it.
        let edges = server.file.edgeCount
        lab.send(client.file, [2])
        #expect(lab.events(epoll) == [])
        lab.kernel.locked { server.file.wouldBlock(.in, since: edges) }
        lab.modify(epoll, server.file, server.fd, [.in, .oneshot])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
    }

    /// A thread comes out of its wait in the host with an edge; before it has the lock again another one has read all.
    @Test(arguments: [EpollEvents.in, [.in, .et], [.in, .oneshot]])
    func whatAReadHasOvertakenIsNotReported(mask: EpollEvents) throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll().file
        lab.add(epoll, server.file, server.fd, mask)
        #expect(lab.events(epoll) == [])
        let notifier = try #require(epoll.notifier)
        let time = lab.kernel.locked { lab.kernel.hostCallClock }
        lab.send(client.file, [1])
        var event = epoll_event()
        #expect(epoll_wait(notifier.hostEpoll, &event, 1, 10_000) == 1)
        #expect(lab.receive(server.file, 8).bytes == [1])
        lab.kernel.locked {
            withUnsafePointer(to: event) {
                epoll.dispatch(UnsafeBufferPointer(start: $0, count: 1), askedAt: time, wakes: false)
            }
        }
        #expect(lab.events(epoll) == [])
        lab.send(client.file, [2])
        #expect(lab.nextEvents(epoll) == [.init(fd: server.fd, events: .in)])
    }

    @Test func moreReadySocketsThanFitAreReportedInTurn() throws {
        let lab = SocketLab()
        let epoll = try lab.epoll().file
        var expected: Set<FdNumber> = []
        for _ in 0..<100 {
            let (client, server) = try lab.connection()
            lab.add(epoll, server.file, server.fd, .in)
            lab.send(client.file, [1])
            expected.insert(server.fd)
        }
        var seen: Set<FdNumber> = []
        for _ in 0..<4 { seen.formUnion(lab.nextEvents(epoll, limit: 30).map(\.fd)) }
        #expect(seen == expected)
    }

    /// First come, first served, whoever asks the host how often: who was reported goes to the end of the line.
    @Test func levelsOfTheHostAndOurOwnAreReportedInTurn() throws {
        let lab = SocketLab()
        let epoll = try lab.epoll().file
        var expected: Set<FdNumber> = []
        for _ in 0..<20 {
            let counter = try lab.install { EventCounter(kernel: lab.kernel, initial: 1, flags: []) }
            lab.add(epoll, counter.file, counter.fd, .in)
            let (client, server) = try lab.connection()
            lab.send(client.file, [1])
            lab.add(epoll, server.file, server.fd, .in)
            expected.formUnion([counter.fd, server.fd])
        }
        for limit in [1, 7, 20] {
            var seen: [FdNumber] = []
            while seen.count < 40 { seen += lab.nextEvents(epoll, limit: limit).map(\.fd) }
            #expect(Set(seen) == expected, "at most \(limit) at a time")
        }
    }

    /// What the host reported counts until a call on the object may have changed it, also in a later wait.
    @Test func whatWasReadSinceTheHostReportedItIsNotReported() throws {
        let lab = SocketLab()
        let epoll = try lab.epoll().file
        let pairs = try (0..<3).map { _ in try lab.connection() }
        for (client, server) in pairs {
            lab.add(epoll, server.file, server.fd, .in)
            lab.send(client.file, [1])
        }
        let first = lab.nextEvents(epoll, limit: 1)
        #expect(first.count == 1)
        // All that arrived is on the ready list now; two of the three are emptied behind its back.
        for (_, server) in pairs.prefix(2) { #expect(lab.receive(server.file, 1).bytes == [1]) }
        #expect(lab.events(epoll) == [.init(fd: pairs[2].server.fd, events: .in)])
    }

    // MARK: blocked waits

    @Test func aBlockedWaitIsWokenByDataAndByAnEventCounter() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll()
        let counter = try lab.install { EventCounter(kernel: lab.kernel, initial: 0, flags: []) }
        lab.add(epoll.file, server.file, server.fd, [.in, .et])
        lab.add(epoll.file, counter.file, counter.fd, [.in, .et])
        for round in 0..<60 {
            let companion = lab.start { thread in
                var seen: Set<FdNumber> = []
                let expected: Set<FdNumber> =
                    switch round % 3 {
                    case 0: [server.fd]
                    case 1: [counter.fd]
                    default: [server.fd, counter.fd]
                    }
                while !seen.isSuperset(of: expected) {
                    let events = lab.nextEvents(epoll.file, on: thread)
                    if events.isEmpty { break }
                    seen.formUnion(events.map(\.fd))
                }
                #expect(seen == expected)
            }
            companion.waitUntilBlocked()
            if round % 3 != 1 { lab.send(client.file, [1]) }
            if round % 3 != 0 { lab.send(counter.file, [1, 0, 0, 0, 0, 0, 0, 0]) }
            #expect(companion.join())
        }
    }

    @Test func aSocketAddedWhileAThreadWaitsWakesIt() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll()
        lab.send(client.file, [1])
        let companion = lab.start { thread in
            #expect(lab.nextEvents(epoll.file, on: thread) == [.init(fd: server.fd, events: .in)])
        }
        companion.waitUntilBlocked()
        lab.add(epoll.file, server.file, server.fd, .in)
        #expect(companion.join())
    }

    @Test func ofSeveralWaitersEachGetsALevelInTurn() throws {
        let lab = SocketLab()
        let epoll = try lab.epoll()
        var clients: [SocketLab.Held<HostSocket>] = []
        for _ in 0..<4 {
            let (client, server) = try lab.connection()
            lab.add(epoll.file, server.file, server.fd, [.in, .et])
            clients.append(client)
        }
        let companions = (0..<4).map { _ in
            lab.start { thread in #expect(lab.nextEvents(epoll.file, limit: 1, on: thread).count == 1) }
        }
        for companion in companions { companion.waitUntilBlocked() }
        for client in clients { lab.send(client.file, [1]) }
        for companion in companions { #expect(companion.join()) }
    }
}
