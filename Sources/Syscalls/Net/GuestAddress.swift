import Kernel
import WasixABI

extension GuestMemory {
    /// Reads an `addr_port`: no more of it than its tag says.
    /// - Returns: nil for a tag that is no family.
    func loadAddress(_ pointer: GuestPointer) throws(Errno) -> SocketAddress? {
        typealias Layout = AddrPortLayout
        let tag = try load(pointer + Layout.tag, as: UInt8.self)
        switch AddressFamily(rawValue: tag) {
        case .unspecified:
            return .unspecified
        case .inet4:
            let raw = try range(pointer, UInt64(Layout.ip4Size))
            return .inet4(
                Inet4Address(
                    octets: raw.loadUnaligned(fromByteOffset: Layout.address, as: UInt32.self),
                    port: raw.loadUnaligned(fromByteOffset: Layout.port, as: UInt16.self)))
        case .inet6:
            let raw = try range(pointer, UInt64(Layout.ip6Size))
            let isScoped = bytesLeft(from: pointer) >= UInt64(Layout.ip6ScopedSize)
            let (flow, scope) = isScoped ? Self.flowAndScope(raw + Layout.ip6Flow) : (0, 0)
            return .inet6(
                Inet6Address(
                    high: raw.loadUnaligned(fromByteOffset: Layout.address, as: UInt64.self),
                    low: raw.loadUnaligned(fromByteOffset: Layout.address + 8, as: UInt64.self),
                    port: raw.loadUnaligned(fromByteOffset: Layout.port, as: UInt16.self), flow: flow, scope: scope))
        case .unix:
            return .unix(try loadUnixPath(pointer + Layout.unixPath))
        default:
            return nil
        }
    }

    /// Up to the first NUL, or as much as the layout has.
    private func loadUnixPath(_ pointer: GuestPointer) throws(Errno) -> [UInt8] {
        let count = min(UInt64(AddrUnixLayout.size), bytesLeft(from: pointer))
        return Array(try bytes(pointer, max(1, count)).prefix { $0 != 0 })
    }

    /// The eight bytes behind an IPv6 address. Guests with older headers keep something else there, so a scope that no
    /// interface can have counts as none (WasixABI.docc/Addresses).
    private static func flowAndScope(_ raw: UnsafeRawPointer) -> (flow: UInt32, scope: UInt32) {
        func halves(_ offset: Int) -> (high: UInt32, low: UInt32) {
            (
                UInt32(raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)),
                UInt32(raw.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self))
            )
        }
        let (flow, scope) = (halves(0), halves(4))
        guard scope.high == 0 else { return (0, 0) }
        return (flow.high << 16 | flow.low, scope.low)
    }

    /// The memory that an address is written to: up to the size of today's layout, at least that of the oldest.
    func addressTarget(_ pointer: GuestPointer) throws(Errno) -> AddressTarget {
        let raw = try range(pointer, UInt64(AddrPortLayout.ip6Size))
        return AddressTarget(raw: raw, room: Int(min(UInt64(AddrPortLayout.size), bytesLeft(from: pointer))))
    }
}

/// Checked room for an `addr_port`.
struct AddressTarget {
    fileprivate let raw: UnsafeMutableRawPointer
    fileprivate let room: Int

    /// As much as the family needs and no more; the port as a little-endian number (WasixABI.docc/Addresses).
    func store(_ address: SocketAddress) {
        typealias Layout = AddrPortLayout
        raw.storeBytes(of: UInt16(address.family.rawValue), toByteOffset: Layout.tag, as: UInt16.self)
        switch address {
        case .unspecified:
            raw.storeBytes(of: 0, toByteOffset: Layout.port, as: UInt16.self)
        case .inet4(let inet):
            raw.storeBytes(of: inet.port, toByteOffset: Layout.port, as: UInt16.self)
            raw.storeBytes(of: inet.octets, toByteOffset: Layout.address, as: UInt32.self)
        case .inet6(let inet):
            raw.storeBytes(of: inet.port, toByteOffset: Layout.port, as: UInt16.self)
            raw.storeBytes(of: inet.high, toByteOffset: Layout.address, as: UInt64.self)
            raw.storeBytes(of: inet.low, toByteOffset: Layout.address + 8, as: UInt64.self)
            // Only guests with the newer headers ask for addresses that have a scope.
            guard inet.scope != 0, room >= Layout.ip6ScopedSize else { return }
            store(inet.flow, at: Layout.ip6Flow)
            store(inet.scope, at: Layout.ip6Scope)
        case .unix(let path):
            let length = min(path.count, AddrUnixLayout.size - 1, room - Layout.unixPath - 1)
            for index in 0..<length {
                raw.storeBytes(of: path[index], toByteOffset: Layout.unixPath + index, as: UInt8.self)
            }
            raw.storeBytes(of: 0, toByteOffset: Layout.unixPath + length, as: UInt8.self)
        }
    }

    /// High half first.
    private func store(_ value: UInt32, at offset: Int) {
        raw.storeBytes(of: UInt16(truncatingIfNeeded: value >> 16), toByteOffset: offset, as: UInt16.self)
        raw.storeBytes(of: UInt16(truncatingIfNeeded: value), toByteOffset: offset + 2, as: UInt16.self)
    }
}
