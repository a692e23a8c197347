import Foundation
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Unix-domain sockets as a guest calls them: names below the granted directories, and never elsewhere.
@Suite struct UnixCallTests {
    private func guest(network: NetworkPolicy = .granted) -> SocketGuest {
        let guest = SocketGuest(network: network)
        _ = guest.directory
        return guest
    }

    private func name(_ guest: SocketGuest, _ id: CallID, _ fd: UInt64) -> (Errno, String) {
        let target = guest.room(110)
        let errno = guest.call(id, fd, target)
        let bytes = guest.bytes(target + 2, 108).prefix { $0 != 0 }
        return (errno, errno == .success ? String(decoding: bytes, as: UTF8.self) : "")
    }

    @Test func aStreamFromBindToTheEnd() {
        let guest = guest()
        let (server, client) = (guest.socket(family: 3), guest.socket(family: 3))
        #expect(guest.call(.sockConnect, client, guest.address(path: "/net/s")) == .noent)
        #expect(guest.call(.sockBind, server, guest.address(path: "/net/s")) == .success)
        #expect(guest.call(.sockConnect, client, guest.address(path: "/net/s")) == .connrefused)
        #expect(guest.call(.sockListen, server, 4) == .success)
        #expect(guest.call(.sockConnect, client, guest.address(path: "/net/s")) == .success)
        #expect(guest.call(.sockConnect, client, guest.address(path: "/net/s")) == .isconn)
        let (accepted, peer) = (guest.room(4), guest.room(20))
        #expect(guest.call(.sockAcceptV2, server, 0, accepted, peer) == .success)
        #expect(guest.bytes(peer, 4) == [3, 0, 0, 0xaa])
        let end = UInt64(guest.load(accepted, as: UInt32.self))
        #expect(name(guest, .sockAddrLocal, server) == (.success, "/net/s"))
        #expect(name(guest, .sockAddrLocal, end) == (.success, "/net/s"))
        #expect(name(guest, .sockAddrPeer, end) == (.success, ""))
        #expect(name(guest, .sockAddrPeer, client) == (.success, "/net/s"))
        #expect(name(guest, .sockAddrLocal, client) == (.success, ""))
        #expect(guest.send(client, [1, 2, 3]).count == 3)
        #expect(guest.send(client, [1], to: guest.address(path: "/net/s")) == .isconn)
        #expect(guest.receive(end, 8).bytes == [1, 2, 3])
        #expect(guest.call(.sockShutdown, client, 2) == .success)
        #expect(guest.receive(end, 8).errno == .success)
        #expect(guest.call(.fdClose, end) == .success)
        #expect(guest.send(client, [1]).errno == .pipe)
        let status = guest.room(1)
        #expect(guest.call(.sockStatus, client, status) == .success)
        #expect(guest.load(status, as: UInt8.self) == SockStatus.closed.rawValue)
    }

    @Test func datagramsTellTheGuestsNameOfTheirSender() {
        let guest = guest()
        let (server, client) = (guest.socket(family: 3, type: 2), guest.socket(family: 3, type: 2))
        #expect(guest.call(.sockBind, server, guest.address(path: "/net/d")) == .success)
        #expect(guest.send(client, [1], to: guest.address(path: "/net/d")) == .success)
        #expect(guest.receiveFrom(server, 8, addressSize: 4).sender == [3, 0, 0, 0xaa])
        #expect(guest.call(.sockBind, client, guest.address(path: "/net/c")) == .success)
        #expect(guest.send(client, [1, 2], to: guest.address(path: "/net/d")) == .success)
        // The name of a sender that is gone is still known.
        #expect(guest.call(.fdClose, client) == .success)
        let received = guest.receiveFrom(server, 1, addressSize: 110)
        #expect(received.bytes == [1] && received.flags == 1)
        #expect(Array(received.sender.prefix(9)) == [3, 0] + Array("/net/c".utf8) + [0])
    }

    @Test func relativeNamesStartInTheWorkingDirectory() {
        let guest = guest()
        guest.kernel.locked { guest.process.workingDirectory = Array("/net".utf8) }
        let fd = guest.socket(family: 3)
        #expect(guest.call(.sockBind, fd, guest.address(path: "s")) == .success)
        #expect(name(guest, .sockAddrLocal, fd) == (.success, "s"))
        #expect(FileManager.default.fileExists(atPath: guest.directory + "/s"))
        #expect(guest.call(.pathUnlinkFile, 3, guest.put(Array("s".utf8)), 1) == .success)
        #expect(!FileManager.default.fileExists(atPath: guest.directory + "/s"))
    }

    @Test func bindingRefusesWhatLinuxRefuses() throws {
        let guest = guest()
        let fd = guest.socket(family: 3)
        try Data().write(to: URL(fileURLWithPath: guest.directory + "/file"))
        for (path, errno) in [
            ("/net/none/s", Errno.noent), ("/net/file/s", .notdir), ("/net/file", .addrinuse), ("/net/new/", .noent),
            ("/net", .addrinuse), ("/elsewhere", .acces), ("", .inval),
            ("/net/" + String(repeating: "n", count: 100), .nametoolong),
        ] {
            #expect(guest.call(.sockBind, fd, guest.address(path: path)) == errno, "\(path)")
        }
        #expect(guest.call(.sockBind, fd, guest.address(port: 1)) == .inval)
        #expect(guest.call(.sockBind, fd, guest.put([3, 0, 0xff, 0xfe, 0])) == .ilseq)
        #expect(guest.call(.sockListen, fd, 1) == .inval)
        #expect(guest.call(.sockBind, fd, guest.address(path: "/net/s")) == .success)
        #expect(guest.call(.sockBind, fd, guest.address(path: "/net/t")) == .inval)
        #expect(guest.call(.sockConnect, guest.socket(family: 3), guest.address(path: "/net/file")) == .connrefused)
        #expect(guest.call(.sockConnect, guest.socket(family: 3, type: 2), guest.address(path: "/net/s")) == .prototype)
        #expect(guest.call(.sockConnect, guest.socket(family: 3), guest.address(path: "")) == .inval)
        #expect(guest.call(.sockConnect, guest.socket(family: 3), guest.address(port: 1)) == .afnosupport)
    }

    /// A socket of the host outside the granted directory, which the guest must not reach.
    private func outsider() throws -> (path: String, close: () -> Void) {
        var template = Array("/tmp/wasix-top-out-XXXXXX".utf8CString)
        let directory = String(cString: try #require(mkdtemp(&template)))
        let fd = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array((directory + "/s").utf8)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0 && Glibc.listen(fd, 4) == 0)
        return (
            directory,
            {
                Glibc.close(fd)
                try? FileManager.default.removeItem(atPath: directory)
            }
        )
    }

    @Test func noNameLeadsOutOfTheGrantedDirectories() throws {
        let guest = guest()
        let (outside, close) = try outsider()
        defer { close() }
        symlink(outside + "/s", guest.directory + "/absolute")
        symlink("../\(outside.split(separator: "/").last!)/s", guest.directory + "/relative")
        symlink(outside, guest.directory + "/away")
        symlink("/proc/self/cwd", guest.directory + "/magic")
        for path in [
            "/net/absolute", "/net/relative", "/net/away/s", "/net/../\(outside)/s", "/net/../../../../\(outside)/s",
            outside + "/s", "/net/magic/s", "/proc/self/fd/3/s",
        ] {
            let fd = guest.socket(family: 3)
            let errno = guest.call(.sockConnect, fd, guest.address(path: path))
            #expect([.acces, .noent, .loop].contains(errno), "\(path): \(errno)")
            let datagram = guest.socket(family: 3, type: 2)
            let sent = guest.send(datagram, [1], to: guest.address(path: path))
            #expect([.acces, .noent, .loop].contains(sent), "\(path): \(sent)")
        }
        for path in ["/net/away/new", "/net/../new-outside", outside + "/new", "/net/magic/new"] {
            let errno = guest.call(.sockBind, guest.socket(family: 3), guest.address(path: path))
            #expect([.acces, .noent, .loop].contains(errno), "\(path): \(errno)")
        }
        // A link in the last place is not followed: there is something already.
        symlink(outside + "/made", guest.directory + "/dangling")
        #expect(guest.call(.sockBind, guest.socket(family: 3), guest.address(path: "/net/dangling")) == .addrinuse)
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["s"])
    }

    @Test func linksInsideAreFollowed() {
        let guest = guest()
        let server = guest.socket(family: 3)
        #expect(guest.call(.sockBind, server, guest.address(path: "/net/s")) == .success)
        #expect(guest.call(.sockListen, server, 4) == .success)
        symlink("s", guest.directory + "/link")
        #expect(guest.call(.sockConnect, guest.socket(family: 3), guest.address(path: "/net/link")) == .success)
    }

    @Test func aDirectoryIsNotANetwork() {
        let guest = guest(network: .denied)
        for (family, type) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)] as [(UInt64, UInt64)] {
            #expect(guest.call(.sockOpen, family, type, 0, guest.room(4)) == .acces)
        }
        // In-process pairs reach nothing.
        _ = guest.pair()
    }

    @Test func aPairOfEachKind() {
        let guest = guest()
        let (first, second) = (guest.room(4), guest.room(4))
        for (family, type, proto, errno) in [
            (1, 1, 0, .success), (1, 2, 0, .success), (3, 2, 0, .success), (3, 1, 6, .success), (3, 3, 0, .success),
            // What libc passes for a pair of sockets of another family, which Linux has not either.
            (1, 1, 6, .notsup), (2, 2, 17, .notsup), (1, 4, 0, .protonosupport), (1, 1, 17, .protonosupport),
            (3, 2, 6, .protonosupport), (3, 1, 17, .protonosupport), (0, 1, 0, .afnosupport), (9, 1, 0, .afnosupport),
            (3, 4, 0, .notsup), (3, 0, 0, .inval), (3, 9, 0, .inval),
        ] as [(UInt64, UInt64, UInt64, Errno)] {
            #expect(guest.call(.sockPair, family, type, proto, first, second) == errno, "\(family) \(type) \(proto)")
        }
        #expect(guest.call(.sockPair, 3, 1, 0, SocketGuest.outside, second) == .fault)
        #expect(guest.call(.sockPair, 3, 1, 0, first, SocketGuest.outside) == .fault)
    }
}
