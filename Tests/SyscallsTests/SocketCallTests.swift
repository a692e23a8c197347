import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// The socket calls as a guest makes them: layouts, errnos, and what bad arguments get.
@Suite struct SocketCallTests {
    // MARK: opening

    @Test func withoutAGrantNoSocketIsMade() {
        let guest = SocketGuest(network: .denied)
        #expect(guest.call(.sockOpen, 1, 1, 0, guest.room(4)) == .acces)
        #expect(guest.openDescriptors == 0)
    }

    @Test(arguments: [
        (UInt64(1), UInt64(1), UInt64(0), Errno.success), (1, 1, 6, .success), (1, 0x4001, 0, .success),
        (1, 0x6001, 6, .success), (1, 1, 17, .protonosupport), (1, 1, 132, .protonosupport), (1, 2, 0, .success),
        (1, 2, 17, .success), (1, 2, 6, .protonosupport), (1, 2, 136, .protonosupport), (1, 3, 0, .notsup),
        (1, 4, 0, .protonosupport), (3, 3, 0, .success),
        (1, 0, 0, .inval), (1, 77, 0, .inval), (2, 1, 6, .success), (2, 2, 17, .success), (2, 1, 17, .protonosupport),
        (3, 1, 0, .success), (3, 2, 0, .success), (3, 2, 17, .success), (3, 4, 0, .notsup), (0, 1, 0, .afnosupport),
        (99, 1, 0, .afnosupport),
    ]) func openingAnswersByFamilyTypeAndProtocol(
        family: UInt64, type: UInt64, proto: UInt64, errno: Errno
    ) {
        let guest = SocketGuest()
        #expect(guest.call(.sockOpen, family, type, proto, guest.room(4)) == errno)
        #expect(guest.openDescriptors == (errno == .success ? 1 : 0))
    }

    @Test func theByteOrderProbeOfLibcFindsALittleEndianHost() {
        let guest = SocketGuest()
        let fd = guest.make(.sockOpen, 1, 1, 6)
        #expect(guest.call(.sockBind, fd, guest.address([0, 0, 0, 0], port: 10275)) == .success)
        let target = guest.room(20)
        #expect(guest.call(.sockAddrLocal, fd, target) == .success)
        #expect(guest.load(target + 2, as: UInt16.self) == 10275)
        #expect(guest.call(.fdClose, fd) == .success)
        #expect(guest.openDescriptors == 0)
    }

    // MARK: addresses

    @Test func anAddressIsEightBytesAndNoMore() {
        let guest = SocketGuest()
        let (client, server) = guest.connection()
        let target = guest.room(20)
        #expect(guest.call(.sockAddrPeer, client, target) == .success)
        let port = SocketGuest.little(guest.localPort(server))
        #expect(guest.bytes(target, 9) == [1, 0] + port + [127, 0, 0, 1, 0xaa])
        let local = guest.room(20)
        #expect(guest.call(.sockAddrLocal, server, local) == .success)
        #expect(guest.bytes(local, 8) == guest.bytes(target, 8))
    }

    @Test func anUnconnectedSocketHasNoPeerAndTheWildcard() {
        let guest = SocketGuest()
        let fd = guest.socket()
        let target = guest.room(20)
        #expect(guest.call(.sockAddrPeer, fd, target) == .notconn)
        #expect(guest.call(.sockAddrLocal, fd, target) == .success)
        #expect(guest.bytes(target, 8) == [1, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func theEndsOfAPairHaveNoNames() {
        let guest = SocketGuest()
        let (first, second) = guest.pair()
        let target = guest.room(20)
        #expect(guest.call(.sockAddrLocal, first, target) == .success)
        #expect(guest.bytes(target, 4) == [3, 0, 0, 0xaa])
        #expect(guest.call(.sockAddrPeer, first, target) == .success)
        // The end of one does not take the peer away (Linux: unix_getname).
        #expect(guest.call(.fdClose, second) == .success)
        #expect(guest.call(.sockAddrPeer, first, target) == .success)
    }

    @Test func bindingRefusesWhatItCannotBindTo() {
        let guest = SocketGuest()
        let (listening, port) = guest.listener()
        let fd = guest.socket()
        #expect(guest.call(.sockBind, fd, guest.address(port: port)) == .addrinuse)
        #expect(guest.call(.sockBind, fd, guest.address([192, 0, 2, 1], port: 0)) == .addrnotavail)
        #expect(guest.call(.sockBind, fd, guest.put([UInt8](repeating: 2, count: 28))) == .inval)
        #expect(guest.call(.sockBind, fd, guest.put([3, 0, 0x61, 0])) == .inval)
        #expect(guest.call(.sockBind, fd, guest.put([9, 0, 0x61, 0])) == .inval)
        #expect(guest.call(.sockBind, fd, guest.address(port: 0)) == .success)
        #expect(guest.call(.sockBind, fd, guest.address(port: 0)) == .inval)
        #expect(guest.call(.sockBind, listening, guest.address(port: 0)) == .inval)
    }

    /// Another program may take the port in between, but not each time.
    @Test func aServerCanBeStartedAgainAtOnce() {
        let guest = SocketGuest()
        let answers = (0..<8).map { _ in restart(guest) }
        #expect(answers.contains(.success), "\(answers)")
    }

    /// - Returns: what binding to the port of a server answers that has just ended.
    private func restart(_ guest: SocketGuest) -> Errno {
        let (first, port) = guest.listener()
        let client = guest.socket()
        #expect(guest.call(.sockConnect, client, guest.address(port: port)) == .success)
        // The side that closes first keeps the port in TIME_WAIT.
        let server = guest.make(.sockAccept, first, 0)
        #expect(guest.call(.fdClose, server) == .success)
        #expect(guest.receive(client, 1).errno == .success)
        #expect(guest.call(.fdClose, client) == .success)
        #expect(guest.call(.fdClose, first) == .success)
        let second = guest.socket()
        let bound = guest.call(.sockBind, second, guest.address(port: port))
        if bound == .success { #expect(guest.call(.sockListen, second, 4) == .success) }
        #expect(guest.call(.fdClose, second) == .success)
        return bound
    }

    // MARK: connecting

    @Test func aNonBlockingConnectIsInProgressThenDone() {
        let guest = SocketGuest()
        let (_, port) = guest.listener()
        let fd = guest.socket()
        guest.kernel.locked {
            guest.process.descriptors.file(FdNumber(rawValue: UInt32(fd)), guest.thread)!
                ._withUnsafeGuaranteedRef { $0.flags = .nonblock }
        }
        let status = guest.room(1)
        #expect(guest.call(.sockStatus, fd, status) == .success)
        #expect(guest.load(status, as: UInt8.self) == SockStatus.opening.rawValue)
        #expect(guest.call(.sockConnect, fd, guest.address(port: port)) == .inprogress)
        repeat {
            #expect(guest.call(.sockStatus, fd, status) == .success)
        } while guest.load(status, as: UInt8.self) == 0
        #expect(guest.load(status, as: UInt8.self) == SockStatus.opened.rawValue)
        let error = guest.room(20)
        #expect(guest.call(.sockGetOptSize, fd, 11, error) == .success)
        #expect(guest.load(error, as: UInt64.self) == 0)
    }

    @Test func connectingToAForeignFamilyIsRefused() {
        let guest = SocketGuest()
        let fd = guest.socket()
        #expect(guest.call(.sockConnect, fd, guest.put([UInt8](repeating: 2, count: 28))) == .afnosupport)
        #expect(guest.call(.sockConnect, fd, guest.put([9, 0, 0, 0, 0])) == .afnosupport)
        #expect(guest.call(.sockConnect, fd, guest.put([0, 0, 0, 0, 0])) == .success)
        #expect(guest.call(.sockConnect, guest.pair().0, guest.address(port: 1)) == .isconn)
    }

    @Test(arguments: [CallID.sockAcceptWasix, .sockAcceptV2]) func acceptTellsThePeer(call: CallID) {
        let guest = SocketGuest()
        let (listening, port) = guest.listener()
        let client = guest.socket()
        #expect(guest.call(.sockConnect, client, guest.address(port: port)) == .success)
        let (target, peer) = (guest.room(4), guest.room(20))
        #expect(guest.call(call, listening, 4, target, peer) == .success)
        let expected = [1, 0] + SocketGuest.little(guest.localPort(client)) + [127, 0, 0, 1, 0xaa]
        #expect(guest.bytes(peer, 9) == expected)
        // NONBLOCK was asked for.
        #expect(guest.receive(UInt64(guest.load(target, as: UInt32.self)), 1).errno == .again)
    }

    /// wasix-libc cannot make a listener non-blocking when it makes it: event loops say so in each accept.
    @Test(arguments: [CallID.sockAcceptWasix, .sockAcceptV2], [UInt64(1), 3])
    func acceptWithNonBlockNeverWaits(call: CallID, family: UInt64) {
        let guest = SocketGuest()
        let listening = guest.socket(family: family)
        if family == 3 {
            _ = guest.directory
            #expect(guest.call(.sockBind, listening, guest.address(path: "/net/queue")) == .success)
        }
        #expect(guest.call(.sockListen, listening, 8) == .success)
        let (target, peer) = (guest.room(4), guest.room(120))
        for _ in 0..<2 {
            #expect(guest.call(call, listening, 4, target, peer) == .again)
            let client = guest.socket(family: family)
            let address =
                family == 3 ? guest.address(path: "/net/queue") : guest.address(port: guest.localPort(listening))
            #expect(guest.call(.sockConnect, client, address) == .success)
            #expect(guest.call(call, listening, 4, target, peer) == .success)
        }
        // The listener itself waits as before.
        let flags = guest.room(24)
        #expect(guest.call(.fdFdstatGet, listening, flags) == .success)
        #expect(guest.load(flags + 2, as: UInt16.self) & UInt16(FdFlags.nonblock.rawValue) == 0)
    }

    // MARK: data

    @Test func dataCrossesInSeveralBuffers() {
        let guest = SocketGuest()
        let (client, server) = guest.connection()
        let sent = guest.room(4)
        let output = guest.vectors([(guest.put([1, 2]), 2), (guest.put([]), 0), (guest.put([3]), 1)])
        #expect(guest.call(.sockSend, client, output, 3, 0, sent) == .success)
        #expect(guest.load(sent, as: UInt32.self) == 3)
        let (first, second) = (guest.room(1), guest.room(9))
        let (length, flags, from) = (guest.room(4), guest.room(2), guest.room(8))
        let input = guest.vectors([(first, 1), (second, 9)])
        #expect(guest.call(.sockRecvFrom, server, input, 2, 0, length, flags, from) == .success)
        #expect(guest.load(length, as: UInt32.self) == 3)
        #expect(guest.load(flags, as: UInt16.self) == 0)
        #expect(guest.bytes(first, 1) + guest.bytes(second, 2) == [1, 2, 3])
        #expect(guest.load(from + 2, as: UInt16.self) == guest.localPort(client))
    }

    @Test func sendingToAnAddressSendsToThePeer() {
        let guest = SocketGuest()
        let (client, server) = guest.connection()
        let sent = guest.room(4)
        let output = guest.vectors([(guest.put([5]), 1)])
        #expect(guest.call(.sockSendTo, client, output, 1, 0, guest.address(port: 1), sent) == .success)
        #expect(guest.receive(server, 4).bytes == [5])
    }

    @Test func pairsTakeTheFlagsOfReceiving() {
        let guest = SocketGuest()
        let (first, second) = guest.pair()
        #expect(guest.receive(second, 4, flags: 8).errno == .again)
        #expect(guest.send(first, [1, 2]).count == 2)
        #expect(guest.receive(second, 4, flags: 1).bytes == [1, 2])
        #expect(guest.receive(second, 4).bytes == [1, 2])
        #expect(guest.call(.sockShutdown, first, 2) == .success)
        #expect(guest.receive(second, 4).errno == .success)
        #expect(guest.send(first, [1]).errno == .pipe)
    }

    @Test func aCutDatagramIsToldSo() {
        let guest = SocketGuest()
        let (first, second) = guest.pair(type: 2)
        #expect(guest.send(first, [1, 2, 3]).count == 3)
        let received = guest.receive(second, 2)
        #expect(received.bytes == [1, 2])
        #expect(received.flags == RoFlags.dataTruncated.rawValue)
    }

    @Test func aPipeIsNoSocketForEitherEnd() {
        let guest = SocketGuest()
        let (reader, writer) = guest.pipe()
        for fd in [reader, writer] {
            #expect(guest.send(fd, [1]).errno == .notsock)
            #expect(guest.receive(fd, 1).errno == .notsock)
            #expect(guest.send(fd, [1], to: guest.address(port: 9)) == .notsock)
            #expect(guest.receiveFrom(fd, 1).errno == .notsock)
        }
    }

    @Test func shutdownNeedsADirection() {
        let guest = SocketGuest()
        let (client, _) = guest.connection()
        #expect(guest.call(.sockShutdown, client, 0) == .inval)
        #expect(guest.call(.sockShutdown, client, 4) == .inval)
        #expect(guest.call(.sockShutdown, client, 3) == .success)
        #expect(guest.call(.sockShutdown, guest.socket(), 3) == .notconn)
    }
}
