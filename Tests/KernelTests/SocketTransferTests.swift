import Glibc
import Synchronization
import Testing
import WasixABI

@testable import Kernel

/// Connecting, sending and receiving, without epoll.
@Suite struct SocketTransferTests {
    @Test func bytesCrossAConnectionBothWays() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        #expect(lab.send(client.file, [1, 2, 3]).count == 3)
        #expect(lab.receive(server.file, 10).bytes == [1, 2, 3])
        #expect(lab.send(server.file, [4]).count == 1)
        #expect(lab.receive(client.file, 10).bytes == [4])
    }

    @Test func anUnboundSocketHasTheWildcardAddressAndNoPeer() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        #expect(lab.kernel.locked { socket.file.localAddress } == .wildcard(.inet4))
        #expect(throws: Errno.notconn) { try lab.kernel.locked { () throws(Errno) in try socket.file.peerAddress() } }
        #expect(lab.receive(socket.file, 1).result.errno == .notconn)
        // Linux: tcp.c, a socket that was never connected cannot be written to.
        #expect(lab.send(socket.file, [1]).errno == .pipe)
    }

    @Test func addressesOfBothEndsMirrorEachOther() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        try lab.kernel.locked { () throws(Errno) in
            #expect(try client.file.peerAddress() == server.file.localAddress)
            #expect(try server.file.peerAddress() == client.file.localAddress)
            let local = client.file.localAddress.text
            let peer = server.file.localAddress.text
            #expect(client.file.detail == .socket(local: local, peer: peer, state: .connected))
            #expect(local.hasPrefix("127.0.0.1:"))
        }
    }

    @Test func aListenerIsOneAndCountsWhatWaits() throws {
        let lab = SocketLab()
        let (listening, address) = try lab.listener(backlog: 7)
        #expect(listening.file.kind == .tcpListener)
        for _ in 0..<2 {
            let client = try lab.socket()
            #expect(lab.connect(client.file, address) == .success)
        }
        #expect(lab.kernel.locked { listening.file.queueLevel } == .init(used: 2, capacity: 7))
        try lab.kernel.locked { () throws(Errno) in try listening.file.listen(backlog: 9, lab.thread) }
        #expect(lab.kernel.locked { listening.file.queueLevel?.capacity } == 9)
    }

    @Test func listeningUnboundTakesAPortOfTheHostsChoice() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        lab.kernel.locked {
            #expect(outcome { () throws(Errno) in try socket.file.listen(backlog: 1, lab.thread) } == .success)
            #expect(socket.file.localAddress.port != 0)
        }
    }

    @Test func anAcceptedSocketDoesNotInheritNonBlock() throws {
        let lab = SocketLab()
        let (listening, address) = try lab.listener()
        listening.file.flags = .nonblock
        #expect(throws: Errno.again) { try lab.accept(listening.file) }
        for flags in [FdFlags(), .nonblock] {
            let client = try lab.socket()
            #expect(lab.connect(client.file, address) == .success)
            #expect(try lab.accept(listening.file, flags: flags).file.flags == flags)
        }
    }

    @Test func acceptOnWhatDoesNotListenIsInvalid() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        #expect(throws: Errno.inval) { try lab.accept(socket.file) }
    }

    @Test func aRefusedConnectSaysSoAndLeavesTheSocketFailed() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        #expect(lab.kernel.locked { socket.file.status } == .opening)
        #expect(lab.connect(socket.file, try lab.closedPort()) == .connrefused)
        #expect(lab.kernel.locked { socket.file.status } == .failed)
    }

    @Test func statusFollowsAConnection() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        #expect(lab.kernel.locked { client.file.status } == .opened)
        lab.send(server.file, [1])
        // Unread data makes the close a reset.
        lab.send(client.file, [1])
        lab.close(server.fd)
        _ = lab.receive(client.file, 1)
        #expect(lab.receive(client.file, 1).result.errno == .connreset)
        #expect(lab.kernel.locked { client.file.status } == .closed)
    }

    @Test func connectingAgainIsRefusedAsConnected() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let address = lab.kernel.locked { server.file.localAddress }
        #expect(lab.connect(client.file, address) == .isconn)
        try lab.kernel.locked { () throws(Errno) in try client.file.disconnect() }
        #expect(lab.kernel.locked { client.file.status } == .opening)
    }

    @Test func anErrorOfANonBlockingConnectIsHandedOutOnce() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        socket.file.flags = .nonblock
        #expect(lab.connect(socket.file, try lab.closedPort()) == .inprogress)
        try lab.kernel.locked { () throws(Errno) in
            #expect(socket.file.hostWait(for: .out, lab.thread) == .woken)
            #expect(try socket.file.size(.lastError) == UInt64(Errno.connrefused.rawValue))
            #expect(try socket.file.size(.lastError) == 0)
            #expect(socket.file.status == .failed)
        }
    }

    @Test func connectGivesUpWhenItsTimeoutPasses() throws {
        let lab = SocketLab()
        let (_, address) = try lab.listener(backlog: 0)
        var last = Errno.success
        // The queue of a listener that nobody serves takes one or two; the next stays unanswered.
        for _ in 0..<5 where last == .success {
            let client = try lab.socket()
            try lab.kernel.locked { () throws(Errno) in try client.file.setTime(.connectTimeout, 50_000_000) }
            last = lab.connect(client.file, address)
        }
        #expect(last == .timedout)
    }

    @Test func aNonBlockingReceiveOfNothingWouldBlock() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        #expect(lab.receive(server.file, 4, .dontWait).result.errno == .again)
        server.file.flags = .nonblock
        #expect(lab.receive(server.file, 4).result.errno == .again)
        lab.close(client.fd)
        // An end is not would-block.
        server.file.flags = []
        #expect(lab.receive(server.file, 4).result.isSuccess)
    }

    @Test func receiveTimeoutAnswersAgain() throws {
        let lab = SocketLab()
        let (_, server) = try lab.connection()
        try lab.kernel.locked { () throws(Errno) in try server.file.setTime(.receiveTimeout, 20_000_000) }
        #expect(lab.receive(server.file, 4).result.errno == .again)
    }

    @Test func aPeekLeavesTheBytes() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.send(client.file, [1, 2, 3])
        #expect(lab.receive(server.file, 2, .peek).bytes == [1, 2])
        #expect(lab.receive(server.file, 8, [.peek, .waitAll]).bytes == [1, 2, 3])
        #expect(lab.receive(server.file, 8).bytes == [1, 2, 3])
        #expect(server.file.bytesIn == 3)
    }

    @Test func waitAllFillsTheBufferFromSeveralSends() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.send(client.file, [1, 2])
        let companion = lab.start { thread in
            #expect(lab.receive(server.file, 5, .waitAll, on: thread).bytes == [1, 2, 3, 4, 5])
        }
        companion.waitUntilBlocked()
        lab.send(client.file, [3, 4, 5, 6])
        #expect(companion.join())
        #expect(lab.receive(server.file, 5).bytes == [6])
    }

    @Test func waitAllReturnsWhatCameBeforeTheEnd() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.send(client.file, [1, 2])
        lab.close(client.fd)
        #expect(lab.receive(server.file, 5, .waitAll).bytes == [1, 2])
        let end = lab.receive(server.file, 5, .waitAll).result
        #expect(end.isSuccess && end.count == 0)
    }

    @Test func anErrorBehindBytesIsReportedByTheNextCall() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.send(client.file, [9])
        let companion = lab.start { thread in
            #expect(lab.receive(client.file, 4, .waitAll, on: thread).bytes == [1, 2])
        }
        lab.send(server.file, [1, 2])
        companion.waitUntilBlocked()
        lab.close(server.fd)
        #expect(companion.join())
        #expect(lab.receive(client.file, 4).result.errno == .connreset)
    }

    @Test func droppedBytesAreCountedButNotCopied() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.send(client.file, [7, 8, 9])
        let (result, bytes) = lab.receive(server.file, 2, .dataTruncated)
        #expect(result.count == 2)
        #expect(bytes == [0, 0])
        #expect(lab.receive(server.file, 8).bytes == [9])
    }

    @Test func aBlockingSendContinuesUntilAllIsTaken() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let size = 8 << 20
        let companion = lab.start { thread in
            #expect(lab.send(client.file, [UInt8](repeating: 5, count: size), on: thread).count == size)
        }
        companion.waitUntilBlocked()
        var left = size
        while left > 0 {
            let (result, bytes) = lab.receive(server.file, 300_000)
            guard result.isSuccess, result.count > 0 else { break }
            #expect(bytes.allSatisfy { $0 == 5 })
            left -= result.count
        }
        #expect(left == 0)
        #expect(companion.join())
        #expect(client.file.bytesOut == UInt64(size))
    }

    @Test func aNonBlockingSendTakesWhatFitsThenWouldBlock() throws {
        let lab = SocketLab()
        let (client, _) = try lab.connection()
        let big = [UInt8](repeating: 1, count: 16 << 20)
        let first = lab.send(client.file, big, .dontWait)
        #expect(first.count > 0 && first.count < big.count)
        var last = first
        while last.isSuccess { last = lab.send(client.file, big, .dontWait) }
        #expect(last.errno == .again)
    }

    @Test func sendTimeoutAnswersAgainWhenNothingFitted() throws {
        let lab = SocketLab()
        let (client, _) = try lab.connection()
        try lab.kernel.locked { () throws(Errno) in try client.file.setTime(.sendTimeout, 20_000_000) }
        let big = [UInt8](repeating: 1, count: 16 << 20)
        var last = lab.send(client.file, big)
        #expect(last.count > 0 && last.count < big.count)
        while last.isSuccess { last = lab.send(client.file, big) }
        #expect(last.errno == .again)
    }

    @Test func writingToAClosedPeerIsABrokenPipe() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.close(server.fd)
        var last = IoResult.done(1)
        for _ in 0..<1000 where last.isSuccess { last = lab.send(client.file, [1]) }
        #expect(last.errno == .pipe || last.errno == .connreset)
    }

    @Test func shutdownEndsOneDirection() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        try lab.kernel.locked { () throws(Errno) in try client.file.shutDown(read: false, write: true) }
        #expect(lab.send(client.file, [1]).errno == .pipe)
        let end = lab.receive(server.file, 4).result
        #expect(end.isSuccess && end.count == 0)
        lab.send(server.file, [3])
        #expect(lab.receive(client.file, 4).bytes == [3])
    }

    @Test func shutdownOfAnUnconnectedSocketIsRefused() throws {
        let lab = SocketLab()
        let socket = try lab.socket()
        #expect(
            lab.kernel.outcome { () throws(Errno) in try socket.file.shutDown(read: true, write: true) } == .notconn)
    }

    @Test func zeroLingerResetsAndAnyOtherDoesNotHoldUpClosing() throws {
        let lab = SocketLab()
        for (linger, errno) in [(UInt64(0), Errno.connreset), (5_000_000_000, .success)] {
            let (client, server) = try lab.connection()
            try lab.kernel.locked { () throws(Errno) in try client.file.setTime(.linger, linger) }
            #expect(try lab.kernel.locked { () throws(Errno) in try client.file.time(.linger) } == linger)
            lab.close(client.fd)
            #expect(lab.receive(server.file, 1).result.errno == errno)
        }
    }

    @Test func theEndOfTheProcessGetsThreadsOutOfEveryWait() throws {
        let lab = SocketLab()
        let (listening, _) = try lab.listener()
        let (_, reader) = try lab.connection()
        let (writer, _) = try lab.connection()
        let outcomes = Mutex<[Errno]>([])
        let companions = [
            lab.start { thread in
                let failure = lab.receive(reader.file, 1, on: thread).result.errno
                outcomes.withLock { $0.append(failure) }
            },
            lab.start { thread in
                let result = lab.send(writer.file, [UInt8](repeating: 0, count: 64 << 20), on: thread)
                // What was taken before counts.
                outcomes.withLock { $0.append(result.count > 0 ? .intr : result.errno) }
            },
            lab.start { thread in
                do throws(Errno) {
                    _ = try lab.kernel.locked { () throws(Errno) in try listening.file.accept(flags: [], thread) }
                } catch {
                    outcomes.withLock { $0.append(error) }
                }
            },
        ]
        for companion in companions { companion.waitUntilBlocked() }
        lab.process.end(.exited(code: 0))
        for companion in companions { #expect(companion.join()) }
        #expect(outcomes.withLock { $0 } == [.intr, .intr, .intr])
    }
}
