import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Every call that reaches the network asks the rules, and what they refuse does not happen.
@Suite struct NetworkRuleCallTests {
    private func guest(_ rules: String) throws -> SocketGuest {
        SocketGuest(network: try NetworkPolicy(parsing: rules))
    }

    /// The call is refused, and the note says why.
    private func expectRefused(
        _ guest: SocketGuest, _ errno: Errno, _ transport: NetworkProtocol, _ direction: NetworkDirection,
        _ reason: CallNote.Reason = .noRule, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(errno == .acces, sourceLocation: location)
        let note = guest.lastNote
        #expect(
            note.reason == reason && note.transport == transport && note.direction == direction,
            "\(note.reason) \(note.transport) \(note.direction)", sourceLocation: location)
    }

    private static let mapped: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1]
    private static let any4: [UInt8] = [0, 0, 0, 0]
    private static let any6 = [UInt8](repeating: 0, count: 16)

    @Test func withoutAGrantNoSocketIsMade() {
        let guest = SocketGuest(network: .denied)
        for (family, type): (UInt64, UInt64) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)] {
            #expect(guest.call(.sockOpen, family, type, 0, guest.room(4)) == .acces)
            #expect(guest.lastNote.reason == .noNetwork)
        }
        #expect(guest.openDescriptors == 0)
    }

    @Test(arguments: [UInt64(1), 2]) func aStreamIsRefusedOnEveryWay(type: UInt64) throws {
        let guest = try guest("ipv4:allow=192.0.2.1:9,ipv6:allow=[2001:db8::1]:9,unix:allow=*")
        let transport: NetworkProtocol = type == 1 ? .tcp : .udp
        for family: UInt64 in [1, 2] {
            let fd = guest.socket(family: family, type: type)
            func address(_ port: UInt16, any: Bool = false) -> UInt64 {
                if family == 1 { return guest.address(any ? Self.any4 : [127, 0, 0, 1], port: port) }
                return any ? guest.address6(Self.any6, port: port) : guest.address6(port: port)
            }
            if type == 1 { expectRefused(guest, guest.call(.sockListen, fd, 1), transport, .in) }
            for port: UInt16 in [0, 9, 80] {
                expectRefused(guest, guest.call(.sockBind, fd, address(port)), transport, .in)
                expectRefused(guest, guest.call(.sockBind, fd, address(port, any: true)), transport, .in)
                expectRefused(guest, guest.call(.sockConnect, fd, address(port)), transport, .out)
                expectRefused(guest, guest.call(.sockConnect, fd, address(port, any: true)), transport, .out)
            }
            // Taking a connection back is no way round.
            #expect(guest.call(.sockConnect, fd, guest.put([0, 0] + Self.any6)) == .success)
            expectRefused(guest, guest.call(.sockConnect, fd, address(9)), transport, .out)
            if type == 2 {
                expectRefused(guest, guest.send(fd, [1], to: address(9)), transport, .out)
                expectRefused(guest, guest.send(fd, [1], to: address(9, any: true)), transport, .out)
            }
            #expect(guest.localPort(fd) == 0, "it was bound")
        }
    }

    @Test(arguments: [UInt64(1), 2]) func anIPv4AddressInIPv6ClothesIsRefused(type: UInt64) throws {
        let guest = try guest("ipv6:allow=*:*")
        let transport: NetworkProtocol = type == 1 ? .tcp : .udp
        let fd = guest.socket(family: 2, type: type)
        let target = guest.address6(Self.mapped, port: 9)
        expectRefused(guest, guest.call(.sockConnect, fd, target), transport, .out)
        expectRefused(guest, guest.call(.sockBind, fd, target), transport, .in)
        // "Any address" may lead to IPv4 from there.
        expectRefused(guest, guest.call(.sockConnect, fd, guest.address6(Self.any6, port: 9)), transport, .out)
        if type == 2 {
            expectRefused(guest, guest.send(fd, [1], to: target), transport, .out)
            // As an IPv4 address, too.
            expectRefused(guest, guest.send(fd, [1], to: guest.address(port: 9)), transport, .out)
        }
    }

    @Test func groupsAreJoinedWhereRulesLetThemIn() throws {
        let refusing = try guest("udp:allow=*:*/out")
        let fd = refusing.socket(type: 2)
        let (group4, any4) = (refusing.put([224, 0, 0, 251]), refusing.put(Self.any4))
        expectRefused(refusing, refusing.call(.sockJoinMulticastV4, fd, group4, any4), .udp, .in)
        let six = refusing.socket(family: 2, type: 2)
        let group6 = refusing.put([0xff, 2] + [UInt8](repeating: 0, count: 13) + [0xfb])
        expectRefused(refusing, refusing.call(.sockJoinMulticastV6, six, group6, 0), .udp, .in)
        let allowing = try guest("udp:allow=224.0.0.0/4:*/in")
        let member = allowing.socket(type: 2)
        let errno = allowing.call(
            .sockJoinMulticastV4, member, allowing.put([224, 0, 0, 251]), allowing.put([127, 0, 0, 1]))
        #expect(errno != .acces && allowing.lastNote.reason == .none)
    }

    @Test func whatARuleAllowsWorks() throws {
        let guest = try guest("ipv4:allow=127.0.0.1:*")
        let listening = guest.socket()
        #expect(guest.call(.sockBind, listening, guest.address(port: 0)) == .success)
        #expect(guest.call(.sockListen, listening, 4) == .success)
        #expect(guest.call(.sockListen, listening, 8) == .success)
        let port = guest.localPort(listening)
        let client = guest.socket()
        #expect(guest.call(.sockConnect, client, guest.address(port: port)) == .success)
        let server = guest.make(.sockAccept, listening, 0)
        #expect(guest.send(client, [1, 2]).count == 2 && guest.receive(server, 8).bytes == [1, 2])
        // The wildcard stands for addresses that no rule allows.
        expectRefused(guest, guest.call(.sockBind, guest.socket(), guest.address(Self.any4, port: 0)), .tcp, .in)
        let (receiver, udpPort) = guest.datagram()
        #expect(guest.send(guest.socket(type: 2), [7], to: guest.address(port: udpPort)) == .success)
        #expect(guest.receive(receiver, 8).bytes == [7])
    }

    /// A listener that may be reached at one address is not at another, nor from where a rule denies it.
    @Test func connectionsThatMayNotComeInAreClosed() throws {
        let guest = try guest(
            "ipv4:allow=127.0.0.0/8:*,ipv4:allow=0.0.0.0:0/in,tcp:deny=127.0.0.9:1-65535/in")
        let listening = guest.socket()
        #expect(guest.call(.sockListen, listening, 4) == .success)
        let port = guest.localPort(listening)
        guest.setNonBlocking(listening)

        let denied = guest.socket()
        #expect(guest.call(.sockBind, denied, guest.address([127, 0, 0, 9], port: 0)) == .success)
        #expect(guest.call(.sockConnect, denied, guest.address(port: port)) == .success)
        expectRefused(guest, guest.call(.sockAccept, listening, 0, guest.room(4)), .tcp, .in, .deniedByRule)
        #expect(guest.receive(denied, 1).errno == .connreset || guest.receive(denied, 1).bytes.isEmpty)
        #expect(guest.call(.sockAccept, listening, 0, guest.room(4)) == .again, "it is gone from the queue")

        let elsewhere = guest.socket()
        #expect(guest.call(.sockConnect, elsewhere, guest.address([127, 0, 0, 9], port: port)) == .success)
        expectRefused(guest, guest.call(.sockAccept, listening, 0, guest.room(4)), .tcp, .in, .deniedByRule)

        let welcome = guest.socket()
        #expect(guest.call(.sockConnect, welcome, guest.address(port: port)) == .success)
        #expect(guest.call(.sockAccept, listening, 0, guest.room(4)) == .success)
    }

    @Test func anAcceptedSocketIsNoWayOut() throws {
        let guest = try guest("ipv4:allow=127.0.0.1:*/in,ipv4:allow=127.0.0.1:1-65535/out,tcp:deny=*:9/out")
        let listening = guest.socket()
        #expect(guest.call(.sockBind, listening, guest.address(port: 0)) == .success)
        #expect(guest.call(.sockListen, listening, 4) == .success)
        let client = guest.socket()
        #expect(guest.call(.sockConnect, client, guest.address(port: guest.localPort(listening))) == .success)
        let server = guest.make(.sockAccept, listening, 0)
        for fd in [server, client] {
            #expect(guest.call(.sockConnect, fd, guest.put([0, 0] + Self.any6)) == .success)
            expectRefused(guest, guest.call(.sockConnect, fd, guest.address(port: 9)), .tcp, .out, .deniedByRule)
        }
    }

    @Test func pathsAreRefusedByName() throws {
        let guest = try guest("unix:allow=/net/open*,unix:deny=/net/open-not/*")
        _ = guest.directory
        for type: UInt64 in [1, 2] {
            let fd = guest.socket(family: 3, type: type)
            for path in ["/net/s", "/net/../net/s", "/net/open/../s", "s", "/s", "/proc/self/fd/0"] {
                expectRefused(guest, guest.call(.sockBind, fd, guest.address(path: path)), .unix, .in)
                expectRefused(guest, guest.call(.sockConnect, fd, guest.address(path: path)), .unix, .out)
            }
            let denied = guest.address(path: "/net/open-not/x")
            expectRefused(guest, guest.call(.sockConnect, fd, denied), .unix, .out, .deniedByRule)
            #expect(guest.call(.sockBind, fd, guest.address(path: "/net/open\(type)")) == .success)
        }
    }
}
