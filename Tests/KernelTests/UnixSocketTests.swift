import Foundation
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel

/// Unix-domain sockets with names: how they wait, and what becomes of the names.
@Suite struct UnixSocketTests {
    /// A lab whose working directory is a granted one.
    private final class UnixLab {
        let lab = SocketLab()
        let directory: String

        init() throws {
            var template = Array("/tmp/wasix-top-unix-XXXXXX".utf8CString)
            directory = String(cString: try #require(mkdtemp(&template)))
            try Preopens.install([DirectoryGrant(hostPath: directory, guestPath: "/run")], into: lab.process)
            lab.kernel.locked { lab.process.workingDirectory = Array("/run".utf8) }
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        func bound(_ name: String, _ type: SockType) throws -> SocketLab.Held<HostSocket> {
            let made = try lab.socket(.unix, type)
            try lab.kernel.locked { () throws(Errno) in try made.file.bind(to: .unix(Array(name.utf8)), lab.thread) }
            return made
        }

        func listener(_ name: String, backlog: UInt64 = 8) throws -> SocketLab.Held<HostSocket> {
            let made = try bound(name, .stream)
            try lab.kernel.locked { () throws(Errno) in try made.file.listen(backlog: backlog, lab.thread) }
            return made
        }
    }

    private static func path(_ name: String) -> SocketAddress { .unix(Array(name.utf8)) }

    /// Sends one byte to `address`.
    private func send(
        _ socket: HostSocket, to address: SocketAddress, _ thread: GuestThread, _ flags: SiFlags = []
    ) -> IoResult {
        var byte: UInt8 = 7
        return withUnsafeMutablePointer(to: &byte) { byte in
            withVector(byte, 1) { vector in
                thread.kernel.locked { socket.send(vector, flags, to: address, thread) }
            }
        }
    }

    @Test func kindsStatesAndNames() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let server = try unix.listener("s")
        let client = try lab.socket(.unix)
        #expect(client.file.kind == .unixSocket && server.file.kind == .unixListener)
        #expect(lab.detail(server.file) == .socket(local: "s", peer: "", state: .listening))
        #expect(lab.detail(server.file).label(server.file.kind) == "unix-ls s")
        #expect(lab.connect(client.file, Self.path("s")) == .success)
        #expect(lab.detail(client.file) == .socket(local: "", peer: "s", state: .connected))
        #expect(lab.detail(client.file).label(client.file.kind) == "unix s")
        #expect(lab.kernel.locked { server.file.queueLevel } == QueueLevel(used: 1, capacity: 8))
        let accepted = try lab.accept(server.file)
        #expect(lab.kernel.locked { server.file.queueLevel?.used } == 0)
        #expect(lab.detail(accepted.file) == .socket(local: "s", peer: "", state: .connected))
        let datagram = try unix.bound("d", .datagram)
        #expect(datagram.file.kind == .unixDatagram)
        #expect(lab.detail(datagram.file) == .socket(local: "d", peer: "", state: .bound))
    }

    @Test func epollSeesDataAndTheEnd() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let server = try unix.listener("s")
        let epoll = try lab.epoll()
        lab.add(epoll.file, server.file, server.fd, .in)
        let client = try lab.socket(.unix)
        #expect(lab.connect(client.file, Self.path("s")) == .success)
        #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: server.fd, events: .in)])
        let accepted = try lab.accept(server.file)
        #expect(lab.events(epoll.file).isEmpty)
        lab.add(epoll.file, accepted.file, accepted.fd, [.in, .rdhup])
        #expect(lab.send(client.file, [1, 2]).count == 2)
        #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: accepted.fd, events: .in)])
        #expect(lab.receive(accepted.file, 1).bytes == [1])
        #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: accepted.fd, events: .in)])
        #expect(lab.receive(accepted.file, 8).bytes == [2])
        #expect(lab.events(epoll.file).isEmpty)
        lab.close(client.fd)
        #expect(lab.nextEvents(epoll.file) == [SocketLab.Event(fd: accepted.fd, events: [.in, .rdhup, .hup])])
        #expect(lab.kernel.locked { accepted.file.status } == .closed)
    }

    /// A message that carries descriptors ends a read early (Linux: unix_stream_read_generic).
    @Test func aShortReadProvesNothing() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let server = try unix.listener("s")
        let host = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(host) }
        let name = try HostAddress(unix: Array((unix.directory + "/s").utf8))
        #expect(HostNet.connect(host, name) == 0)
        let accepted = try lab.accept(server.file)
        let epoll = try lab.epoll().file
        lab.add(epoll, accepted.file, accepted.fd, .in)
        Self.send(host, 10, with: 0)
        #expect(Glibc.send(host, [UInt8](repeating: 2, count: 10), 10, 0) == 10)
        let event = SocketLab.Event(fd: accepted.fd, events: .in)
        #expect(lab.nextEvents(epoll) == [event])
        #expect(lab.receive(accepted.file, 100).bytes.count == 10)
        for _ in 0..<2 { #expect(lab.nextEvents(epoll) == [event]) }
        #expect(lab.receive(accepted.file, 100).bytes.count == 10)
        #expect(lab.events(epoll).isEmpty)
    }

    /// Sends `count` bytes with a descriptor attached (unix(7), SCM_RIGHTS).
    private static func send(_ socket: Int32, _ count: Int, with descriptor: Int32) {
        var bytes = [UInt8](repeating: 1, count: count)
        var control: [UInt64] = [UInt64(MemoryLayout<cmsghdr>.size + 4), 0, 0]
        bytes.withUnsafeMutableBytes { bytes in
            var vector = iovec(iov_base: bytes.baseAddress, iov_len: count)
            control.withUnsafeMutableBytes { control in
                control.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
                control.storeBytes(of: 1, toByteOffset: 12, as: Int32.self)  // SCM_RIGHTS
                control.storeBytes(of: descriptor, toByteOffset: 16, as: Int32.self)
                withUnsafeMutablePointer(to: &vector) { vector in
                    var message = msghdr()
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    #expect(sendmsg(socket, &message, 0) == count)
                }
            }
        }
    }

    /// The room of a connected datagram socket is its receiver's, which others fill as well.
    @Test func roomThatOthersHaveTakenIsNotReported() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let server = try unix.bound("d", .datagram)
        let (one, other) = (try lab.socket(.unix, .datagram), try lab.socket(.unix, .datagram))
        #expect(lab.connect(one.file, Self.path("d")) == .success)
        let epoll = try lab.epoll().file
        lab.add(epoll, one.file, one.fd, .out)
        #expect(lab.nextEvents(epoll) == [.init(fd: one.fd, events: .out)])
        while send(other.file, to: Self.path("d"), lab.thread, .dontWait).isSuccess {}
        #expect(lab.events(epoll).isEmpty)
        while lab.receive(server.file, 1, .dontWait).result.isSuccess {}
        #expect(lab.nextEvents(epoll) == [.init(fd: one.fd, events: .out)])
    }

    /// A wake-up that is none of its business, or was meant for an earlier wait, ends no connect.
    @Test func aWakeUpDoesNotInterruptAConnect() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let server = try unix.listener("s", backlog: 0)
        let (first, second) = (try lab.socket(.unix), try lab.socket(.unix))
        #expect(lab.connect(first.file, Self.path("s")) == .success)
        let waiter = lab.start { thread in
            #expect(
                lab.kernel.outcome { () throws(Errno) in try second.file.connect(to: Self.path("s"), thread) }
                    == .success)
        }
        for _ in 0..<200 {
            waiter.waitUntilBlocked()
            lab.kernel.locked { waiter.thread.wake() }
        }
        _ = try lab.accept(server.file)
        #expect(waiter.join())
    }

    @Test func connectingWaitsForRoomAndCanBeInterrupted() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let server = try unix.listener("s", backlog: 0)
        let (first, second, third) = (try lab.socket(.unix), try lab.socket(.unix), try lab.socket(.unix))
        #expect(lab.connect(first.file, Self.path("s")) == .success)
        second.file.flags = .nonblock
        #expect(lab.connect(second.file, Self.path("s")) == .again)
        second.file.flags = []
        let waiter = lab.start { thread in
            #expect(
                lab.kernel.outcome { () throws(Errno) in try second.file.connect(to: Self.path("s"), thread) } == .intr)
        }
        waiter.waitUntilBlocked()
        lab.kernel.locked { waiter.thread.interrupt(.ending) }
        #expect(waiter.join())
        let other = lab.start { thread in
            #expect(
                lab.kernel.outcome { () throws(Errno) in try third.file.connect(to: Self.path("s"), thread) }
                    == .success)
        }
        other.waitUntilBlocked()
        _ = try lab.accept(server.file)
        #expect(other.join())
    }

    @Test func connectingForATimeOnly() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        _ = try unix.listener("s", backlog: 0)
        #expect(lab.connect(try lab.socket(.unix).file, Self.path("s")) == .success)
        let late = try lab.socket(.unix)
        try lab.kernel.locked { () throws(Errno) in try late.file.setTime(.sendTimeout, 10_000_000) }
        #expect(lab.connect(late.file, Self.path("s")) == .again)
        try lab.kernel.locked { () throws(Errno) in try late.file.setTime(.connectTimeout, 10_000_000) }
        #expect(lab.connect(late.file, Self.path("s")) == .timedout)
    }

    @Test func aSenderWithoutAPeerWaitsForTheReceiversQueue() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let server = try unix.bound("d", .datagram)
        let client = try lab.socket(.unix, .datagram)
        var sent = 0
        while send(client.file, to: Self.path("d"), lab.thread, .dontWait).isSuccess { sent += 1 }
        #expect(sent > 0)
        // It is writable all the while.
        #expect(lab.kernel.locked { client.file.readiness() }.contains(.out))
        let waiter = lab.start { thread in
            #expect(self.send(client.file, to: Self.path("d"), thread).isSuccess)
        }
        waiter.waitUntilBlocked()
        for _ in 0..<sent { #expect(lab.receive(server.file, 1, .dontWait).result.isSuccess) }
        #expect(waiter.join())
        while send(client.file, to: Self.path("d"), lab.thread, .dontWait).isSuccess {}
        let interrupted = lab.start { thread in
            #expect(self.send(client.file, to: Self.path("d"), thread).errno == .intr)
        }
        interrupted.waitUntilBlocked()
        lab.kernel.locked { interrupted.thread.interrupt(.ending) }
        #expect(interrupted.join())
        let refused = lab.start { thread in
            #expect(self.send(client.file, to: Self.path("d"), thread).errno == .connrefused)
        }
        refused.waitUntilBlocked()
        lab.close(server.fd)
        #expect(refused.join())
    }

    @Test func namesOfClosedSocketsAreForgottenInTime() {
        let names = UnixNames()
        func host(_ number: Int) -> [UInt8] { Array("/proc/self/fd/\(number)/s".utf8) }
        for number in 0..<1000 {
            let owner = names.add(host: host(number), guest: Array("s\(number)".utf8))
            names.retire(host: host(number), owner)
        }
        #expect(names.guestName(of: host(999)) == Array("s999".utf8))
        #expect(names.guestName(of: host(1)).isEmpty)
        #expect(names.guestName(of: Array("/elsewhere".utf8)).isEmpty)
    }

    @Test func aNameThatIsTakenAgainStaysWithItsOwner() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let receiver = try unix.bound("r", .datagram)
        let first = try unix.bound("a", .datagram)
        lab.close(first.fd)
        #expect(unlink(unix.directory + "/a") == 0)
        let second = try unix.bound("a", .datagram)
        for _ in 0..<600 {
            let other = try unix.bound("b", .datagram)
            lab.close(other.fd)
            #expect(unlink(unix.directory + "/b") == 0)
        }
        #expect(send(second.file, to: Self.path("r"), lab.thread).isSuccess)
        #expect(sender(to: receiver.file, lab) == Self.path("a"))
    }

    @Test func aDatagramKeepsItsSendersNameWhenTheHostsNameIsUsedAgain() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        let receiver = try unix.bound("r", .datagram)
        let names = (0..<4).map { "d\($0)/a" }
        for name in names {
            #expect(mkdir(unix.directory + "/" + name.prefix(2), 0o700) == 0)
            let one = try unix.bound(name, .datagram)
            #expect(send(one.file, to: Self.path("r"), lab.thread).isSuccess)
            lab.close(one.fd)
        }
        for name in names { #expect(sender(to: receiver.file, lab) == Self.path(name)) }
    }

    /// Takes one datagram.
    private func sender(to socket: HostSocket, _ lab: SocketLab) -> SocketAddress {
        var byte: UInt8 = 0
        return withUnsafeMutablePointer(to: &byte) { byte in
            withVector(byte, 1) { vector in
                lab.kernel.locked {
                    var from = SocketAddress.unspecified
                    _ = socket.receive(into: vector, .dontWait, sender: &from, lab.thread)
                    return from
                }
            }
        }
    }

    @Test func namesOfOthersAreNotTold() throws {
        let unix = try UnixLab()
        let lab = unix.lab
        // A host program's socket in the granted directory.
        let fd = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { Glibc.close(fd) }
        let host = try HostAddress(unix: Array((unix.directory + "/daemon").utf8))
        try HostNet.bind(fd, host)
        let client = try unix.bound("c", .datagram)
        #expect(send(client.file, to: Self.path("daemon"), lab.thread).count == 1)
        var sender = HostAddress()
        var byte: UInt8 = 0
        let from = withUnsafeMutablePointer(to: &byte) { byte in
            withVector(byte, 1) { vector in
                #expect(HostNet.receive(fd, vector, 0, from: &sender).answer == 1)
                #expect(HostNet.send(fd, vector, to: sender) == 1)
                return lab.kernel.locked {
                    var from = SocketAddress.unspecified
                    _ = client.file.receive(into: vector, .dontWait, sender: &from, lab.thread)
                    return from
                }
            }
        }
        #expect(from == .unnamed)
    }
}
