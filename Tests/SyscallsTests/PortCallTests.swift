import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// The network's configuration as a guest sees it.
@Suite struct PortCallTests {
    private static let loopback4: [UInt8] = [1, 0, 127, 0, 0, 1, 8]

    /// - Returns: the errno, the count that was written, the elements.
    private func list(
        _ guest: SocketGuest, _ id: CallID, stride: Int, capacity: Int
    ) -> (errno: Errno, count: Int, elements: [[UInt8]]) {
        let array = guest.room(capacity * stride)
        let count = guest.put(SocketGuest.little(UInt32(capacity)))
        let before = guest.bytes(array, capacity * stride)
        let errno = guest.call(id, array, count)
        let found = Int(guest.load(count, as: UInt32.self))
        guard errno == .success else {
            #expect(guest.bytes(array, capacity * stride) == before)
            return (errno, found, [])
        }
        return (errno, found, (0..<found).map { guest.bytes(array + UInt64($0 * stride), stride) })
    }

    private func addresses(_ guest: SocketGuest, capacity: Int = 64) -> (errno: Errno, count: Int, elements: [[UInt8]])
    {
        list(guest, .portAddrList, stride: 28, capacity: capacity)
    }

    @Test func withoutAGrantThereIsOnlyLoopback() {
        let answer = addresses(SocketGuest(network: .denied))
        #expect(answer.elements.count == 2)
        #expect(Array(answer.elements[0].prefix(7)) == Self.loopback4)
        let zeros = [UInt8](repeating: 0, count: 15)
        #expect(answer.elements[1] == [2, 0] + zeros + [1] + zeros.prefix(8) + [128, 0])
    }

    @Test func withAGrantTheHostsAddressesFollow() {
        let guest = SocketGuest(network: .granted)
        let answer = addresses(guest)
        #expect(answer.errno == .success)
        #expect(Array(answer.elements[0].prefix(7)) == Self.loopback4)
        #expect(answer.count == guest.kernel.visibleAddresses.count)
        for element in answer.elements {
            #expect(element[0] == 1 && element[6] <= 32 || element[0] == 2 && element[26] <= 128)
        }
        #expect(Set(answer.elements).count == answer.count)
    }

    @Test func rulesShowTheAddressesAtWhichTheGuestMayBeReached() throws {
        let none = SocketGuest(network: try NetworkPolicy(parsing: "tcp:allow=*:*/out,ipv4:allow=203.0.113.9:*/in"))
        #expect(addresses(none).count == 2)
        let all = SocketGuest(network: try NetworkPolicy(parsing: "tcp:allow=*:80/in"))
        #expect(addresses(all).count == addresses(SocketGuest(network: .granted)).count)
    }

    @Test func tooLittleRoomIsOverflowWithTheCount() {
        let guest = SocketGuest(network: .denied)
        for capacity in 0...1 {
            let answer = addresses(guest, capacity: capacity)
            #expect(answer.errno == .overflow && answer.count == 2)
        }
        #expect(addresses(guest, capacity: 2).errno == .success)
        // As a first question: no array at all.
        let count = guest.put(SocketGuest.little(UInt32(0)))
        #expect(guest.call(.portAddrList, 0, count) == .overflow)
        #expect(guest.load(count, as: UInt32.self) == 2)
    }

    @Test func theHardwareAddressIsLocalAndStable() {
        let guest = SocketGuest(network: .denied)
        let (first, second) = (guest.room(6), guest.room(6))
        #expect(guest.call(.portMac, first) == .success && guest.call(.portMac, second) == .success)
        let octets = guest.bytes(first, 6)
        #expect(octets == guest.bytes(second, 6))
        #expect(octets[0] & 0b11 == 0b10, "locally administered, for one receiver")
        #expect(guest.call(.portMac, SocketGuest.edge) == .fault)
    }

    @Test func routesAreTheHostsOrNone() throws {
        func routes(_ policy: NetworkPolicy) -> [[UInt8]] {
            let answer = list(SocketGuest(network: policy), .portRouteList, stride: 176, capacity: 256)
            #expect(answer.errno == .success)
            return answer.elements
        }
        #expect(routes(.denied).isEmpty)
        #expect(routes(try NetworkPolicy(parsing: "tcp:allow=*:*")).isEmpty)
        let all = routes(.granted)
        #expect(all.count == HostRoute.all.count)
        for route in all { #expect(route[0] == 1 || route[0] == 2, "\(route)") }
    }

    @Test func routesAreReadAsTheHostWritesThem() throws {
        func fields(_ line: String) -> [Substring] { line.split(whereSeparator: \.isWhitespace) }
        let gateway = try #require(HostRoute.route4(fields("eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0")))
        #expect(gateway.network == InterfaceAddress(NetworkEndpoint(octets4: 0, port: 0), prefix: 0))
        #expect(gateway.router == NetworkEndpoint(octets4: UInt32(0xc000_0201).bigEndian, port: 0))
        let local = try #require(HostRoute.route4(fields("eth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0 0 0")))
        #expect(local.network == InterfaceAddress(NetworkEndpoint(octets4: 0x0002_00c0, port: 0), prefix: 24))
        #expect(local.router == nil)
        let zeros = String(repeating: "0", count: 32)
        let six = "fd000000000000000000000000000000 40 \(zeros) 00 \(zeros) 00000100 00000001 00000000 00000001 eth0"
        #expect(HostRoute.route6(fields(six))?.network.prefix == 64)
        // Rejected, local, to a group, or no route at all.
        for line in [
            "\(zeros) 00 \(zeros) 00 \(zeros) ffffffff 00000001 00000000 00200200 lo",
            "\(zeros) 80 \(zeros) 00 \(zeros) 00000000 00000001 00000000 80200001 lo",
            "ff000000000000000000000000000000 08 \(zeros) 00 \(zeros) 00000100 00000003 00000000 00000001 eth0", "",
            "x y",
        ] { #expect(HostRoute.route6(fields(line)) == nil) }
        for line in ["Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT", "", "eth0 0 0 0"] {
            #expect(HostRoute.route4(fields(line)) == nil)
        }
    }

    // MARK: changes

    private static let changes: [CallID] = [
        .portBridge, .portUnbridge, .portDhcpAcquire, .portAddrAdd, .portAddrRemove, .portAddrClear, .portGatewaySet,
        .portRouteAdd, .portRouteRemove, .portRouteClear,
    ]

    @Test(arguments: changes, [NetworkPolicy.denied, .granted])
    func nothingCanBeChanged(id: CallID, policy: NetworkPolicy) {
        let guest = SocketGuest(network: policy)
        let arguments = CallTable[id].arguments.map { argument in
            argument.kind.isAddress ? guest.room(128) : 4
        }
        #expect(guest.call(id, arguments) == .notsup)
    }

    @Test(arguments: changes + [.portMac, .portAddrList, .portRouteList])
    func aPointerOutsideMemoryIsFault(id: CallID) {
        let guest = SocketGuest()
        let kinds = CallTable[id].arguments.map(\.kind)
        for (position, kind) in kinds.enumerated() where kind.isAddress {
            for bad in [SocketGuest.outside, 0xffff_ffff] {
                let arguments = kinds.enumerated().map { index, kind in
                    if index == position { return bad }
                    if case .update = kind { return guest.put(SocketGuest.little(UInt32(4))) }
                    return kind.isAddress ? guest.room(1024) : 4
                }
                #expect(guest.call(id, arguments) == .fault)
            }
        }
        guard kinds.count == 2, case .update = kinds[1] else { return }
        // More elements than memory has room for.
        for capacity: UInt32 in [0xffff_ffff, 0x1000_0000, 20_000] {
            #expect(guest.call(id, guest.room(8), guest.put(SocketGuest.little(capacity))) == .fault)
        }
    }
}
