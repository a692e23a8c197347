import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Calls of the host on sockets that fail for reasons of its own: the guest learns why, and the socket is as it was.
@Suite struct SocketFailureTests {
    @Test func aSendWithoutMemoryIsToldAndTheNextOneGoes() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let epoll = try lab.epoll()
        lab.add(epoll.file, client.file, client.fd, .out)
        for (code, errno) in [(ENOBUFS, Errno.nobufs), (ENOMEM, .nomem), (EPIPE, .pipe)] {
            #expect(failing(.send, code) { lab.send(client.file, [1, 2, 3]) }.errno == errno)
            #expect(lab.events(epoll.file).map(\.fd) == [client.fd], "there is room")
        }
        #expect(lab.kernel.locked { client.file.bytesOut } == 0)
        #expect(failing(.send, EINTR) { lab.send(client.file, [1, 2, 3]) }.count == 3)
        #expect(lab.receive(server.file, 8).bytes == [1, 2, 3])
    }

    @Test func aReceiveThatIsCutShortGoesOn() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.send(client.file, [1, 2, 3])
        let (result, bytes) = failing(.receive, EINTR) { lab.receive(server.file, 8) }
        #expect(result.errno == .success && bytes == [1, 2, 3])
        // Nothing there yet: it waits, however the first look ended.
        let companion = lab.start { thread in
            let (result, bytes) = failing(.receive, EINTR) { lab.receive(server.file, 8, on: thread) }
            #expect(result.errno == .success && bytes == [4])
        }
        companion.waitUntilBlocked()
        lab.send(client.file, [4])
        #expect(companion.join())
    }

    @Test func aReceiveThatFailsLosesNeitherDataNorReadiness() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let (level, edge) = (try lab.epoll(), try lab.epoll())
        lab.add(level.file, server.file, server.fd, .in)
        lab.add(edge.file, server.file, server.fd, [.in, .et])
        lab.send(client.file, [1])
        #expect(lab.nextEvents(edge.file).map(\.fd) == [server.fd])
        for (code, errno) in [(EIO, Errno.io), (ECONNRESET, .connreset), (ENOMEM, .nomem)] {
            #expect(failing(.receive, code) { lab.receive(server.file, 8) }.result.errno == errno)
            #expect(lab.nextEvents(level.file).map(\.fd) == [server.fd], "the byte is still there")
            #expect(lab.events(edge.file).isEmpty, "nothing has come")
        }
        #expect(lab.receive(server.file, 8).bytes == [1])
        #expect(lab.events(level.file).isEmpty)
        lab.send(client.file, [2])
        #expect(lab.nextEvents(edge.file).map(\.fd) == [server.fd])
        #expect(lab.kernel.locked { server.file.bytesIn } == 1)
    }

    /// The host tells an error once, and this call has bytes to report.
    @Test func anErrorBehindBytesIsTheNextCalls() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        lab.send(client.file, [1, 2, 3])
        let (result, bytes) = failing(.receive, ECONNRESET, after: 1) { lab.receive(server.file, 8, .waitAll) }
        #expect(result.errno == .success && bytes == [1, 2, 3])
        for expected in [Errno.connreset, .success] {
            let last = try lab.kernel.locked { () throws(Errno) in try server.file.size(.lastError) }
            #expect(last == UInt64(expected.rawValue))
        }
    }

    @Test func aDatagramThatFailsIsWholeTheNextTime() throws {
        let lab = SocketLab()
        let (receiver, sender) = (try lab.socket(.inet4, .datagram), try lab.socket(.inet4, .datagram))
        let address = try lab.kernel.locked { () throws(Errno) in
            try receiver.file.bind(to: .loopback(port: 0), lab.thread)
            return receiver.file.localAddress
        }
        #expect(lab.connect(sender.file, address) == .success)
        #expect(failing(.send, ENOBUFS) { lab.send(sender.file, [1, 2]) }.errno == .nobufs)
        #expect(lab.send(sender.file, [1, 2]).count == 2)
        #expect(failing(.receive, EIO) { lab.receive(receiver.file, 8) }.result.errno == .io)
        #expect(failing(.receive, EINTR) { lab.receive(receiver.file, 8) }.bytes == [1, 2])
    }

    @Test func aConnectionThatCannotBeTakenStaysInTheQueue() throws {
        let lab = SocketLab()
        let (listening, address) = try lab.listener()
        let epoll = try lab.epoll()
        lab.add(epoll.file, listening.file, listening.fd, .in)
        let client = try lab.socket()
        #expect(lab.connect(client.file, address) == .success)
        for (code, errno) in [(EMFILE, Errno.mfile), (ENFILE, .nfile), (ENOBUFS, .nobufs), (ENOMEM, .nomem)] {
            let answer = failing(.accept, code) {
                lab.kernel.outcome { () throws(Errno) in _ = try listening.file.accept(flags: [], lab.thread) }
            }
            #expect(answer == errno)
            #expect(lab.nextEvents(epoll.file).map(\.fd) == [listening.fd])
        }
        let server = try lab.accept(listening.file)
        lab.send(client.file, [1])
        #expect(lab.receive(server.file, 8).bytes == [1])
    }

    @Test func aSocketThatCannotBeMadeIsMadeNextTime() throws {
        let lab = SocketLab()
        for (code, errno) in [(EMFILE, Errno.mfile), (ENFILE, .nfile), (ENOBUFS, .nobufs), (ENOMEM, .nomem)] {
            let answer = failing(.socket, code) {
                lab.kernel.outcome { () throws(Errno) in _ = try HostSocket.open(.inet4, .stream, lab.thread) }
            }
            #expect(answer == errno)
        }
        _ = try lab.connection()
    }

    @Test func aListenerIsOneWhenTheHostSaysSo() throws {
        let lab = SocketLab()
        let made = try lab.socket()
        func listen() -> Errno {
            lab.kernel.outcome { () throws(Errno) in try made.file.listen(backlog: 4, lab.thread) }
        }
        #expect(failing(.bind, EADDRINUSE) { listen() } == .addrinuse)
        #expect(lab.kernel.locked { made.file.kind } == .tcp)
        #expect(listen() == .success)
        #expect(lab.kernel.locked { made.file.kind } == .tcpListener)
    }

    @Test func anOptionThatIsNotTakenIsNotRemembered() throws {
        let lab = SocketLab()
        let (client, server) = try lab.connection()
        let file = client.file
        func failed(_ body: () throws(Errno) -> Void) -> Errno {
            failing(.option, ENOMEM) { lab.kernel.outcome(body) }
        }
        #expect(failed { () throws(Errno) in try file.setFlag(.reuseAddress, true) } == .nomem)
        #expect(failed { () throws(Errno) in try file.setTime(.linger, 0) } == .nomem)
        #expect(failed { () throws(Errno) in _ = try file.size(.receiveBufferSize) } == .nomem)
        #expect(failed { () throws(Errno) in try file.shutDown(read: false, write: true) } == .nomem)
        let (reuses, linger) = try lab.kernel.locked { () throws(Errno) in
            (try file.flag(.reuseAddress), try file.time(.linger))
        }
        #expect(!reuses && linger == nil)
        lab.send(file, [1])
        #expect(lab.receive(server.file, 8).bytes == [1], "nothing was shut down")
    }

    /// The second registration of a description in one instance needs a descriptor of its own.
    @Test func aRegistrationWithoutADescriptorIsNone() throws {
        let lab = SocketLab()
        let (client, _) = try lab.connection()
        let epoll = try lab.epoll()
        let twin = lab.duplicate(client.fd, 40)
        #expect(lab.add(epoll.file, client.file, client.fd, .out) == .success)
        #expect(failing(.epollCreate, EMFILE) { lab.add(epoll.file, client.file, twin, .out) } == .nomem)
        #expect(lab.kernel.locked { epoll.file.itemCount } == 1)
        #expect(lab.add(epoll.file, client.file, twin, .out) == .success)
        #expect(lab.nextEvents(epoll.file).count == 2)
    }
}
