import Foundation
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// A guest with a network.
final class SocketGuest: CallGuest {
    static let memorySize = 1 << 18
    /// Far outside memory.
    static let outside: UInt64 = 0xffff_0000
    /// So close to the end of memory that nothing of more than four bytes fits.
    static let edge = UInt64(memorySize - 4)

    /// The granted directory on the host, which the guest knows as `/net`; made on first use.
    private(set) lazy var directory: String = {
        var template = Array("/tmp/wasix-top-net-XXXXXX".utf8CString)
        let path = String(cString: mkdtemp(&template)!)
        try! Preopens.install([DirectoryGrant(hostPath: path, guestPath: "/net")], into: process)
        hasDirectory = true
        return path
    }()
    private var hasDirectory = false

    init(network: NetworkPolicy = .granted, tracer: Tracer? = nil) {
        super.init(Kernel(tracer: tracer, network: network), memorySize: Self.memorySize)
    }

    deinit { if hasDirectory { try? FileManager.default.removeItem(atPath: directory) } }

    /// An `addr_port` of eight bytes.
    func address(_ octets: [UInt8] = [127, 0, 0, 1], port: UInt16, family: UInt8 = 1) -> UInt64 {
        put([family, 0] + Self.little(port) + octets)
    }

    /// An `addr_port` of IPv6; with flow and scope only when a scope is given.
    func address6(
        _ octets: [UInt8] = [UInt8](repeating: 0, count: 15) + [1], port: UInt16, scope: [UInt8]? = nil
    ) -> UInt64 {
        put([2, 0] + Self.little(port) + octets + (scope.map { [0, 0, 0, 0] + $0 } ?? []))
    }

    /// An `addr_port` of a Unix-domain socket.
    func address(path: String) -> UInt64 { put([3, 0] + Array(path.utf8) + [0]) }

    /// A call that makes one descriptor, whose number goes to its last argument.
    func make(_ id: CallID, _ arguments: UInt64...) -> UInt64 {
        let target = room(4)
        #expect(call(id, arguments + [target]) == .success)
        return UInt64(load(target, as: UInt32.self))
    }

    func socket(family: UInt64 = 1, type: UInt64 = 1) -> UInt64 { make(.sockOpen, family, type, 0) }

    func setNonBlocking(_ fd: UInt64) {
        #expect(call(.fdFdstatSetFlags, fd, UInt64(FdFlags.nonblock.rawValue)) == .success)
    }

    /// A bound UDP socket and its port.
    func datagram(family: UInt64 = 1) -> (fd: UInt64, port: UInt16) {
        let fd = socket(family: family, type: 2)
        #expect(call(.sockBind, fd, family == 1 ? address(port: 0) : address6(port: 0)) == .success)
        return (fd, localPort(fd))
    }

    /// A listener and its port.
    func listener() -> (fd: UInt64, port: UInt16) {
        let fd = socket()
        #expect(call(.sockListen, fd, 8) == .success)
        return (fd, localPort(fd))
    }

    func localPort(_ fd: UInt64) -> UInt16 {
        let target = room(28)
        #expect(call(.sockAddrLocal, fd, target) == .success)
        return load(target + 2)
    }

    func connection() -> (client: UInt64, server: UInt64) {
        let (listening, port) = listener()
        let client = socket()
        #expect(call(.sockConnect, client, address(port: port)) == .success)
        let server = make(.sockAccept, listening, 0)
        #expect(call(.fdClose, listening) == .success)
        return (client, server)
    }

    func pair(type: UInt64 = 1) -> (UInt64, UInt64) {
        let (first, second) = (room(4), room(4))
        #expect(call(.sockPair, 3, type, 0, first, second) == .success)
        return (UInt64(load(first, as: UInt32.self)), UInt64(load(second, as: UInt32.self)))
    }

    func pipe() -> (reader: UInt64, writer: UInt64) {
        let (first, second) = (room(4), room(4))
        #expect(call(.fdPipe, first, second) == .success)
        return (UInt64(load(first, as: UInt32.self)), UInt64(load(second, as: UInt32.self)))
    }

    func send(_ fd: UInt64, _ bytes: [UInt8], flags: UInt64 = 0) -> (errno: Errno, count: UInt32) {
        let target = room(4)
        let errno = call(.sockSend, fd, vectors([(put(bytes), bytes.count)]), 1, flags, target)
        return (errno, errno == .success ? load(target) : 0)
    }

    func send(_ fd: UInt64, _ bytes: [UInt8], to address: UInt64, flags: UInt64 = 0) -> Errno {
        call(.sockSendTo, fd, vectors([(put(bytes), bytes.count)]), 1, flags, address, room(4))
    }

    /// What came, and the first `addressSize` bytes of the sender's address.
    func receiveFrom(
        _ fd: UInt64, _ count: Int, addressSize: Int = 20, flags: UInt64 = 0
    ) -> (errno: Errno, bytes: [UInt8], flags: UInt16, sender: [UInt8]) {
        let (buffer, length, came, sender) = (room(count), room(4), room(2), room(max(20, addressSize)))
        let errno = call(
            .sockRecvFrom, fd, vectors([(buffer, count)]), 1, flags, length, came, sender)
        guard errno == .success else { return (errno, [], 0, []) }
        let kept = min(count, Int(load(length, as: UInt32.self)))
        return (errno, bytes(buffer, kept), load(came), bytes(sender, addressSize))
    }

    func receive(
        _ fd: UInt64, _ count: Int, flags: UInt64 = 0
    ) -> (errno: Errno, bytes: [UInt8], flags: UInt16) {
        let (buffer, length, came) = (room(count), room(4), room(2))
        let errno = call(.sockRecv, fd, vectors([(buffer, count)]), 1, flags, length, came)
        guard errno == .success else { return (errno, [], 0) }
        return (errno, bytes(buffer, Int(load(length, as: UInt32.self))), load(came))
    }

    var openDescriptors: Int { kernel.locked { process.descriptors.openCount } }
}
