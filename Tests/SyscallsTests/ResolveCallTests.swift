import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

/// `resolve` as a guest calls it.
@Suite struct ResolveCallTests {
    private static let stride = 18

    private func guest(_ network: NetworkPolicy = .granted, _ addresses: [NetworkEndpoint] = []) -> SocketGuest {
        let guest = SocketGuest(network: network)
        guest.kernel.lookup = HostLookup { _ in addresses.isEmpty ? .failed(.noent) : .addresses(addresses) }
        return guest
    }

    private func resolve(
        _ guest: SocketGuest, _ name: [UInt8], capacity: Int = 4
    ) -> (errno: Errno, count: UInt32, entries: [[UInt8]]) {
        let (array, count) = (guest.room(capacity * Self.stride), guest.room(4))
        let before = guest.bytes(count, 4)
        let errno = guest.call(
            .resolve, guest.put(name), UInt64(name.count), 80, array, UInt64(capacity), count)
        guard errno == .success else {
            #expect(guest.bytes(count, 4) == before)
            return (errno, 0, [])
        }
        let found: UInt32 = guest.load(count)
        return (errno, found, (0..<Int(found)).map { guest.bytes(array + UInt64($0 * Self.stride), Self.stride) })
    }

    private func resolve(_ guest: SocketGuest, _ name: String, capacity: Int = 4) -> (
        errno: Errno, count: UInt32, entries: [[UInt8]]
    ) { resolve(guest, Array(name.utf8), capacity: capacity) }

    private static func v4(_ octets: [UInt8]) -> [UInt8] { [1, 0] + octets + [UInt8](repeating: 0, count: 12) }

    private static let six: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]
    private static var sixEndpoint: NetworkEndpoint {
        NetworkEndpoint(
            octets16: six.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64).self) }, port: 0)
    }

    @Test func entriesAreEighteenBytesApart() {
        let guest = guest(.granted, [NetworkEndpoint(octets4: 0x0403_0201, port: 0), Self.sixEndpoint])
        let answer = resolve(guest, "both.example")
        #expect(answer.count == 2)
        #expect(answer.entries == [Self.v4([1, 2, 3, 4]), [2, 0] + Self.six])
    }

    @Test func whatDoesNotFitIsLeftOut() {
        let guest = guest(.granted, [NetworkEndpoint(octets4: 0x0403_0201, port: 0), Self.sixEndpoint])
        #expect(resolve(guest, "both.example", capacity: 1).entries == [Self.v4([1, 2, 3, 4])])
        #expect(resolve(guest, "both.example", capacity: 0).count == 0)
    }

    @Test func numbersAndLocalhostNeedNoGrant() {
        let guest = guest(.denied)
        #expect(resolve(guest, "10.0.0.1").entries == [Self.v4([10, 0, 0, 1])])
        let local = resolve(guest, "localhost")
        #expect(local.entries == [Self.v4([127, 0, 0, 1]), [2, 0] + [UInt8](repeating: 0, count: 15) + [1]])
    }

    @Test func failures() {
        #expect(resolve(guest(.denied), "example.com").errno == .acces)
        #expect(resolve(guest(), "nowhere.example").errno == .noent)
        #expect(resolve(guest(), "").errno == .noent)
        #expect(resolve(guest(), [UInt8](repeating: 0x61, count: 5_000)).errno == .noent)
        #expect(resolve(guest(), [0xff, 0xfe, 0]).errno == .noent)
        let busy = guest()
        busy.kernel.lookup = HostLookup { _ in .failed(.again) }
        #expect(resolve(busy, "later.example").errno == .again)
    }

    @Test func aPointerOutsideMemoryIsFaultAndNobodyIsAsked() {
        let guest = guest()
        guest.kernel.lookup = HostLookup { _ in
            Issue.record("asked")
            return .failed(.noent)
        }
        let name = guest.put(Array("a.example".utf8))
        let (array, count) = (guest.room(4 * Self.stride), guest.room(4))
        let outside = SocketGuest.outside
        #expect(guest.call(.resolve, outside, 9, 0, array, 4, count) == .fault)
        #expect(guest.call(.resolve, name, 0xffff_ffff, 0, array, 4, count) == .fault)
        #expect(guest.call(.resolve, name, 9, 0, outside, 4, count) == .fault)
        #expect(guest.call(.resolve, name, 9, 0, array, 0xffff_ffff, count) == .fault)
        #expect(guest.call(.resolve, name, 9, 0, array, 4, outside) == .fault)
    }
}
