import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// Addresses as guests with headers of every age lay them out (WasixABI.docc/Addresses).
@Suite struct AddressLayoutTests {
    private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
    private static let linkLocal = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [7]

    private func loaded(_ guest: SocketGuest, _ place: UInt64) throws -> SocketAddress? {
        try guest.process.image.memory.loadAddress(GuestPointer(rawValue: place))
    }

    private func stored(_ address: SocketAddress, _ count: Int) throws -> [UInt8] {
        let guest = SocketGuest()
        let place = guest.room(128)
        try guest.process.image.memory.addressTarget(GuestPointer(rawValue: place)).store(address)
        return guest.bytes(place, count)
    }

    @Test func anIPv6AddressIsTwentyBytesAndNoMore() throws {
        let bytes = try stored(.loopback6(port: 0x1234), 21)
        #expect(bytes == [2, 0, 0x34, 0x12] + Self.loopback6 + [0xaa])
    }

    @Test func aScopeMakesItTwentyEight() throws {
        let address = Inet6Address(
            high: UInt64(0x80fe).littleEndian, low: UInt64(7).bigEndian, port: 80, flow: 0x0001_0002, scope: 3)
        let bytes = try stored(.inet6(address), 29)
        #expect(bytes == [2, 0, 80, 0] + Self.linkLocal + [1, 0, 2, 0, 0, 0, 3, 0, 0xaa])
    }

    @Test func aPathEndsWithANul() throws {
        #expect(try stored(.unix(Array("/a".utf8)), 6) == [3, 0] + Array("/a".utf8) + [0, 0xaa])
        #expect(try stored(.unnamed, 4) == [3, 0, 0, 0xaa])
        #expect(try stored(.unspecified, 5) == [0, 0, 0, 0, 0xaa])
        let long = try stored(.unix([UInt8](repeating: 0x61, count: 300)), 111)
        #expect(long == [3, 0] + [UInt8](repeating: 0x61, count: 107) + [0, 0xaa])
    }

    @Test func flowAndScopeAreReadWhereTheyCanBe() throws {
        let guest = SocketGuest()
        let scoped = guest.address6(Self.linkLocal, port: 9, scope: [0, 0, 5, 0])
        guard case .inet6(let address) = try loaded(guest, scoped) else { throw Errno.inval }
        #expect(address.scope == 5 && address.port == 9)
        // What an older guest has there is no interface.
        let nonsense = guest.address6(Self.linkLocal, port: 9, scope: [1, 0, 5, 0])
        guard case .inet6(let plain) = try loaded(guest, nonsense) else { throw Errno.inval }
        #expect(plain.scope == 0 && plain.flow == 0)
    }

    @Test func atTheEndOfMemoryTwentyBytesAreEnough() throws {
        let guest = SocketGuest()
        let place = UInt64(SocketGuest.memorySize - 20)
        guest.store([2, 0, 1, 0] + Self.loopback6, at: place)
        #expect(try loaded(guest, place) == .loopback6(port: 1))
        guest.store([2], at: place + 1)
        #expect(throws: Errno.fault) { try loaded(guest, place + 1) }
        let target = try guest.process.image.memory.addressTarget(GuestPointer(rawValue: place))
        target.store(.unix([UInt8](repeating: 0x62, count: 50)))
        #expect(guest.bytes(place, 20) == [3, 0] + [UInt8](repeating: 0x62, count: 17) + [0])
        target.store(.inet6(Inet6Address(high: 0, low: 0, port: 0, scope: 4)))
        #expect(guest.bytes(place, 20) == [2, 0] + [UInt8](repeating: 0, count: 18))
    }

    @Test func aPathWithoutANulEndsWithTheLayoutOrWithMemory() throws {
        let guest = SocketGuest()
        let long = guest.put([3, 0] + [UInt8](repeating: 0x61, count: 120))
        #expect(try loaded(guest, long) == .unix([UInt8](repeating: 0x61, count: 108)))
        let place = UInt64(SocketGuest.memorySize - 4)
        guest.store([3, 0, 0x61, 0x62], at: place)
        #expect(try loaded(guest, place) == .unix([0x61, 0x62]))
        guest.store([0, 0, 3, 0], at: place)
        #expect(throws: Errno.fault) { try loaded(guest, place + 2) }
    }

    @Test func otherTags() throws {
        let guest = SocketGuest()
        #expect(try loaded(guest, guest.put([0])) == .unspecified)
        #expect(try loaded(guest, guest.put([4, 0, 0, 0])) == nil)
        #expect(try loaded(guest, guest.put([255, 0, 0, 0])) == nil)
        #expect(throws: Errno.fault) { try loaded(guest, SocketGuest.outside) }
    }

    @Test func addressesAsText() {
        #expect(SocketAddress.loopback(port: 80).text == "127.0.0.1:80")
        #expect(SocketAddress.loopback6(port: 80).text == "[::1]:80")
        #expect(SocketAddress.wildcard(.inet6).text == "[::]:0")
        let scoped = Inet6Address(high: UInt64(0x80fe).littleEndian, low: UInt64(7).bigEndian, port: 1, scope: 2)
        #expect(SocketAddress.inet6(scoped).text == "[fe80::7%2]:1")
        #expect(SocketAddress.unix(Array("/tmp/s".utf8)).text == "/tmp/s")
        #expect(SocketAddress.unspecified.text.isEmpty && SocketAddress.unnamed.text.isEmpty)
    }

    @Test func anIPv4AddressInIPv6ClothesIsItself() {
        let mapped = Inet6Address(high: 0, low: UInt64(0x0000_ffff_7f00_0001).bigEndian, port: 7)
        #expect(SocketAddress.inet6(mapped).unmapped == .loopback(port: 7))
        #expect(SocketAddress.loopback6(port: 7).unmapped == .loopback6(port: 7))
    }
}
