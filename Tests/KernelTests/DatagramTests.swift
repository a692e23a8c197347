import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// UDP sockets: what they are, how they wait, and what epoll says of them.
@Suite struct DatagramTests {
    private static let families: [AddressFamily] = [.inet4, .inet6]

    private func loopback(_ family: AddressFamily, port: UInt16 = 0) -> SocketAddress {
        family == .inet4 ? .loopback(port: port) : .loopback6(port: port)
    }

    /// A bound socket and its address.
    private func bound(
        _ lab: SocketLab, _ family: AddressFamily = .inet4
    ) throws -> (SocketLab.Held<HostSocket>, SocketAddress) {
        let made = try lab.socket(family, .datagram)
        let address = lab.kernel.locked {
            #expect(outcome { () throws(Errno) in try made.file.bind(to: loopback(family), lab.thread) } == .success)
            return made.file.localAddress
        }
        return (made, address)
    }

    @discardableResult
    private func send(
        _ lab: SocketLab, _ socket: HostSocket, _ bytes: [UInt8], to address: SocketAddress
    ) -> IoResult {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { buffer in
            withVector(buffer.baseAddress, buffer.count) { vector in
                lab.kernel.locked { socket.send(vector, .dontWait, to: address, lab.thread) }
            }
        }
    }

    @Test(arguments: families) func itIsADatagramSocketWithBothAddresses(family: AddressFamily) throws {
        let lab = SocketLab()
        let (server, address) = try bound(lab, family)
        let client = try lab.socket(family, .datagram)
        #expect(client.file.kind == .udp && client.file.fileType == .socketDatagram)
        #expect(lab.detail(client.file) == .socket(local: "", peer: "", state: .fresh))
        #expect(lab.detail(server.file) == .socket(local: address.text, peer: "", state: .bound))
        #expect(lab.connect(client.file, address) == .success)
        lab.kernel.locked {
            let local = client.file.localAddress
            #expect(local.isBound && local.family == family)
            #expect(client.file.detail == .socket(local: local.text, peer: address.text, state: .connected))
            #expect(outcome { () throws(Errno) in try client.file.disconnect() } == .success)
            #expect(throws: Errno.notconn) { () throws(Errno) in try client.file.peerAddress() }
        }
    }

    @Test func theQueueIsTheNextDatagrams() throws {
        let lab = SocketLab()
        let (server, address) = try bound(lab)
        let client = try lab.socket(.inet4, .datagram)
        #expect(lab.kernel.locked { server.file.queueLevel } == QueueLevel(used: 0, capacity: 0))
        send(lab, client.file, [1, 2, 3], to: address)
        send(lab, client.file, [1], to: address)
        #expect(lab.kernel.locked { server.file.queueLevel?.used } == 3)
        #expect(server.file.bytesIn == 0 && client.file.bytesOut == 4)
    }

    @Test(arguments: families) func aBlockedReceiverGetsTheNextOne(family: AddressFamily) throws {
        let lab = SocketLab()
        let (server, address) = try bound(lab, family)
        let client = try lab.socket(family, .datagram)
        let reader = lab.start { thread in
            #expect(lab.receive(server.file, 8, on: thread).bytes == [5])
        }
        reader.waitUntilBlocked()
        send(lab, client.file, [5], to: address)
        #expect(reader.join())
    }

    @Test func anInterruptEndsAWaitForADatagram() throws {
        let lab = SocketLab()
        let (server, _) = try bound(lab)
        let reader = lab.start { thread in
            #expect(lab.receive(server.file, 8, on: thread).result.errno == .intr)
        }
        reader.waitUntilBlocked()
        lab.kernel.locked { reader.thread.interrupt(.ending) }
        #expect(reader.join())
    }

    @Test func aRefusalEndsAWaitForADatagram() throws {
        let lab = SocketLab()
        let (server, address) = try bound(lab)
        let client = try lab.socket(.inet4, .datagram)
        #expect(lab.connect(client.file, address) == .success)
        lab.close(server.fd)
        let reader = lab.start { thread in
            #expect(lab.receive(client.file, 8, on: thread).result.errno == .connrefused)
        }
        reader.waitUntilBlocked()
        #expect(lab.send(client.file, [1]).count == 1)
        #expect(reader.join())
    }

    // MARK: epoll

    @Test func levelTriggeredUntilTheLastDatagramIsRead() throws {
        let lab = SocketLab()
        let (server, address) = try bound(lab)
        let client = try lab.socket(.inet4, .datagram)
        let epoll = try lab.epoll()
        lab.add(epoll.file, server.file, server.fd, .in)
        #expect(lab.events(epoll.file).isEmpty)
        // The empty ones count, and a short read of one says nothing of the next.
        for bytes in [[1, 2, 3], [], [4]] as [[UInt8]] { send(lab, client.file, bytes, to: address) }
        for expected in [[1], [], [4]] as [[UInt8]] {
            #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: server.fd, events: .in)])
            #expect(lab.receive(server.file, 1).bytes == expected)
        }
        #expect(lab.events(epoll.file).isEmpty)
        #expect(lab.receive(server.file, 1, .dontWait).result.errno == .again)
        #expect(lab.events(epoll.file).isEmpty)
        send(lab, client.file, [9], to: address)
        #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: server.fd, events: .in)])
    }

    @Test func everyDatagramIsAnEdge() throws {
        let lab = SocketLab()
        let (server, address) = try bound(lab)
        let client = try lab.socket(.inet4, .datagram)
        let epoll = try lab.epoll()
        lab.add(epoll.file, server.file, server.fd, [.in, .et])
        for _ in 0..<3 {
            send(lab, client.file, [1], to: address)
            #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: server.fd, events: .in)])
            #expect(lab.events(epoll.file).isEmpty)
        }
    }

    @Test func aRefusalIsAnErrorUntilItIsTold() throws {
        let lab = SocketLab()
        let (server, address) = try bound(lab)
        let client = try lab.socket(.inet4, .datagram)
        #expect(lab.connect(client.file, address) == .success)
        lab.close(server.fd)
        let epoll = try lab.epoll()
        lab.add(epoll.file, client.file, client.fd, .in)
        #expect(lab.send(client.file, [1]).count == 1)
        for _ in 0..<2 { #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: client.fd, events: .err)]) }
        #expect(try lab.kernel.locked { () throws(Errno) in try client.file.size(.lastError) } != 0)
        #expect(lab.events(epoll.file).isEmpty)
    }

    @Test func shutForReadingItIsReadableForEver() throws {
        let lab = SocketLab()
        let (_, address) = try bound(lab)
        let client = try lab.socket(.inet4, .datagram)
        #expect(lab.connect(client.file, address) == .success)
        let epoll = try lab.epoll()
        lab.add(epoll.file, client.file, client.fd, .in)
        try lab.kernel.locked { () throws(Errno) in try client.file.shutDown(read: true, write: false) }
        for _ in 0..<2 {
            #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: client.fd, events: .in)])
            // Linux: datagram.c, only a call that may wait finds the end.
            #expect(lab.receive(client.file, 1, .dontWait).result.errno == .again)
            #expect(lab.receive(client.file, 1).result.isSuccess)
        }
    }

    @Test func withoutAGrantThereIsNone() {
        let lab = SocketLab(network: .denied)
        for family in [AddressFamily.inet4, .inet6, .unix] {
            for type in [SockType.stream, .datagram] {
                #expect(throws: Errno.acces) {
                    try lab.kernel.locked { () throws(Errno) in _ = try HostSocket.open(family, type, lab.thread) }
                }
            }
        }
    }
}
