import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// UDP as a guest calls it, over both families.
@Suite struct DatagramCallTests {
    private func address(_ guest: SocketGuest, _ family: UInt64, _ port: UInt16) -> UInt64 {
        family == 1 ? guest.address(port: port) : guest.address6(port: port)
    }

    private func addressBytes(_ family: UInt64, _ port: UInt16) -> [UInt8] {
        [UInt8(family), 0] + SocketGuest.little(port)
            + (family == 1 ? [127, 0, 0, 1] : [UInt8](repeating: 0, count: 15) + [1])
    }

    @Test(arguments: [UInt64(1), 2]) func aReceiverLearnsTheSender(family: UInt64) {
        let guest = SocketGuest()
        let (server, port) = guest.datagram(family: family)
        let client = guest.socket(family: family, type: 2)
        #expect(guest.send(client, [1, 2, 3], to: address(guest, family, port)) == .success)
        let expected = addressBytes(family, guest.localPort(client))
        let received = guest.receiveFrom(server, 8, addressSize: expected.count)
        #expect(received.bytes == [1, 2, 3] && received.flags == 0)
        #expect(received.sender == expected)
    }

    @Test func severalBuffersAreOneDatagram() {
        let guest = SocketGuest()
        let (server, port) = guest.datagram()
        let client = guest.socket(type: 2)
        #expect(guest.call(.sockConnect, client, guest.address(port: port)) == .success)
        let parts = guest.vectors([(guest.put([1, 2]), 2), (guest.put([]), 0), (guest.put([3]), 1)])
        let sent = guest.room(4)
        #expect(guest.call(.sockSend, client, parts, 3, 0, sent) == .success)
        #expect(guest.load(sent, as: UInt32.self) == 3)
        #expect(guest.receive(server, 8).bytes == [1, 2, 3])
        #expect(guest.call(.fdWrite, client, parts, 3, sent) == .success)
        #expect(guest.receive(server, 8).bytes == [1, 2, 3])
    }

    @Test func whatDoesNotFitIsCutAndTold() {
        let guest = SocketGuest()
        let (server, port) = guest.datagram()
        let client = guest.socket(type: 2)
        for _ in 0..<4 { #expect(guest.send(client, [1, 2, 3], to: guest.address(port: port)) == .success) }
        let peeked = guest.receive(server, 2, flags: 1)
        #expect(peeked.bytes == [1, 2] && peeked.flags == 1)
        let cut = guest.receive(server, 2)
        #expect(cut.bytes == [1, 2] && cut.flags == 1)
        let whole = guest.receive(server, 3)
        #expect(whole.bytes == [1, 2, 3] && whole.flags == 0)
        // Nothing at all: the datagram is gone all the same.
        let (length, came) = (guest.room(4), guest.room(2))
        #expect(guest.call(.sockRecv, server, guest.vectors([]), 0, 0, length, came) == .success)
        #expect(guest.load(length, as: UInt32.self) == 0 && guest.load(came, as: UInt16.self) == 1)
        // The whole length was asked for.
        #expect(guest.call(.sockRecv, server, guest.vectors([(guest.room(1), 1)]), 1, 4, length, came) == .success)
        #expect(guest.load(length, as: UInt32.self) == 3)
        #expect(guest.receive(server, 8, flags: 8).errno == .again)
    }

    @Test func emptyDatagramsAreDatagrams() {
        let guest = SocketGuest()
        let (server, port) = guest.datagram()
        let client = guest.socket(type: 2)
        #expect(guest.send(client, [], to: guest.address(port: port)) == .success)
        let received = guest.receiveFrom(server, 8)
        #expect(received.errno == .success && received.bytes.isEmpty)
        #expect(guest.receive(server, 8, flags: 8).errno == .again)
    }

    @Test func withoutAReceiverTheAddressIsMissing() {
        let guest = SocketGuest()
        let client = guest.socket(type: 2)
        #expect(guest.send(client, [1]).errno == .destaddrreq)
        #expect(guest.send(client, [1], to: guest.put([0, 0, 0, 0])) == .destaddrreq)
        #expect(guest.send(client, [1], to: guest.put([9, 0, 0, 0])) == .afnosupport)
        #expect(guest.send(client, [1], to: guest.address6(port: 1)) == .afnosupport)
        #expect(guest.send(client, [1], to: guest.address(path: "/net/x")) == .afnosupport)
        #expect(guest.send(client, [UInt8](repeating: 0, count: 65_535), to: guest.address(port: 1)) == .msgsize)
        let peer = guest.room(20)
        #expect(guest.call(.sockAddrPeer, client, peer) == .notconn)
        #expect(guest.call(.sockListen, client, 4) == .notsup)
        #expect(guest.call(.sockAccept, client, 0, guest.room(4)) == .notsup)
    }

    @Test func aRefusalComesWithTheNextCallOnce() {
        let guest = SocketGuest()
        let (server, port) = guest.datagram()
        let client = guest.socket(type: 2)
        #expect(guest.call(.sockConnect, client, guest.address(port: port)) == .success)
        #expect(guest.call(.fdClose, server) == .success)
        #expect(guest.send(client, [1]).errno == .success)
        // On the loopback interface the answer is there before the call returns.
        #expect(guest.receive(client, 8).errno == .connrefused)
        #expect(guest.receive(client, 8, flags: 8).errno == .again)
        #expect(guest.send(client, [1]).errno == .success)
        let error = guest.room(8)
        #expect(guest.call(.sockGetOptSize, client, UInt64(SockOption.lastError.rawValue), error) == .success)
        #expect(guest.load(error, as: UInt64.self) == UInt64(Errno.connrefused.rawValue))
        #expect(guest.call(.sockGetOptSize, client, UInt64(SockOption.lastError.rawValue), error) == .success)
        #expect(guest.load(error, as: UInt64.self) == 0)
    }

    @Test func statusFollowsTheAddress() {
        let guest = SocketGuest()
        let (server, port) = guest.datagram()
        let client = guest.socket(type: 2)
        func status(_ fd: UInt64) -> UInt8 {
            let target = guest.room(1)
            #expect(guest.call(.sockStatus, fd, target) == .success)
            return guest.load(target)
        }
        #expect(status(client) == SockStatus.opening.rawValue)
        #expect(status(server) == SockStatus.opened.rawValue)
        #expect(guest.call(.sockConnect, client, guest.address(port: port)) == .success)
        #expect(status(client) == SockStatus.opened.rawValue)
    }

    @Test func aTimeoutThatRunsOutIsAgain() {
        let guest = SocketGuest()
        let (server, _) = guest.datagram()
        let time = [1, 0, 0, 0, 0, 0, 0, 0] + SocketGuest.little(UInt64(5_000_000))
        #expect(guest.call(.sockSetOptTime, server, 19, guest.put(time)) == .success)
        #expect(guest.receive(server, 8).errno == .again)
    }

    @Test func nothingIsReceivedWithoutAPlaceForTheSender() {
        let guest = SocketGuest()
        let (server, port) = guest.datagram()
        #expect(guest.send(guest.socket(type: 2), [7], to: guest.address(port: port)) == .success)
        let vectors = guest.vectors([(guest.room(8), 8)])
        let (length, came) = (guest.room(4), guest.room(2))
        #expect(guest.call(.sockRecvFrom, server, vectors, 1, 0, length, came, SocketGuest.outside) == .fault)
        #expect(guest.call(.sockRecvFrom, server, vectors, 1, 0, length, SocketGuest.outside, guest.room(20)) == .fault)
        #expect(guest.receive(server, 8).bytes == [7])
    }
}

/// Groups of receivers, and what has none.
@Suite struct MulticastCallTests {
    @Test func joiningAndLeavingIPv4Groups() {
        let guest = SocketGuest()
        let (fd, _) = guest.datagram()
        let (group, interface) = (guest.put([224, 0, 0, 5]), guest.put([127, 0, 0, 1]))
        #expect(guest.call(.sockJoinMulticastV4, fd, group, interface) == .success)
        #expect(guest.call(.sockJoinMulticastV4, fd, group, interface) == .addrinuse)
        #expect(guest.call(.sockLeaveMulticastV4, fd, group, interface) == .success)
        #expect(guest.call(.sockLeaveMulticastV4, fd, group, interface) == .addrnotavail)
        #expect(guest.call(.sockJoinMulticastV4, fd, interface, interface) == .inval)
        #expect(guest.call(.sockJoinMulticastV4, fd, SocketGuest.outside, interface) == .fault)
        #expect(guest.call(.sockJoinMulticastV4, fd, group, SocketGuest.outside) == .fault)
    }

    @Test func joiningAndLeavingIPv6Groups() {
        let guest = SocketGuest()
        let (fd, _) = guest.datagram(family: 2)
        let group = guest.put([0xff, 2] + [UInt8](repeating: 0, count: 13) + [0x34] + [UInt8](repeating: 0, count: 8))
        #expect(guest.call(.sockJoinMulticastV6, fd, group, 1) == .success)
        #expect(guest.call(.sockJoinMulticastV6, fd, group, 1) == .addrinuse)
        #expect(guest.call(.sockLeaveMulticastV6, fd, group, 1) == .success)
        #expect(guest.call(.sockLeaveMulticastV6, fd, group, 1) == .addrnotavail)
        #expect(guest.call(.sockJoinMulticastV6, fd, group, 0xffff) == .nodev)
        #expect(guest.call(.sockJoinMulticastV6, fd, SocketGuest.outside, 1) == .fault)
    }

    @Test func aGroupsDatagramsArrive() {
        let guest = SocketGuest()
        let receiver = guest.socket(type: 2)
        #expect(guest.call(.sockBind, receiver, guest.address([0, 0, 0, 0], port: 0)) == .success)
        let (group, interface) = (guest.put([224, 0, 0, 251]), guest.put([127, 0, 0, 1]))
        #expect(guest.call(.sockJoinMulticastV4, receiver, group, interface) == .success)
        let sender = guest.socket(type: 2)
        // Bound to the loopback address, it sends through the loopback interface.
        #expect(guest.call(.sockBind, sender, guest.address(port: 0)) == .success)
        let target = guest.address([224, 0, 0, 251], port: guest.localPort(receiver))
        #expect(guest.call(.sockJoinMulticastV4, sender, group, interface) == .success)
        #expect(guest.send(sender, [1, 2], to: target) == .success)
        #expect(guest.receive(receiver, 8).bytes == [1, 2])
    }

    @Test func onlyDatagramSocketsOfTheFamilyHaveGroups() {
        let guest = SocketGuest()
        let (group, interface) = (guest.put([224, 0, 0, 5]), guest.put([127, 0, 0, 1]))
        #expect(guest.call(.sockJoinMulticastV4, guest.socket(), group, interface) == .proto)
        #expect(guest.call(.sockJoinMulticastV4, guest.pair().0, group, interface) == .notsup)
        #expect(guest.call(.sockJoinMulticastV4, guest.socket(family: 3, type: 2), group, interface) == .notsup)
        #expect(guest.call(.sockJoinMulticastV4, guest.make(.fdEvent, 0, 0), group, interface) == .notsock)
        #expect(guest.call(.sockJoinMulticastV4, 77, group, interface) == .badf)
        let group6 = guest.put([UInt8](repeating: 0, count: 24))
        #expect(guest.call(.sockJoinMulticastV6, guest.datagram().fd, group6, 1) == .noprotoopt)
        #expect(guest.call(.sockLeaveMulticastV6, 77, group6, 1) == .badf)
    }
}
