import Kernel
import WasixABI

/// An address as a guest names it (`addr_port`).
enum GuestAddress {
    case inet4(SocketAddress)
    case unspecified
    /// A family of which no socket here is.
    case foreign
}

extension GuestMemory {
    /// Reads an `addr_port`: no more of it than its tag says.
    func loadAddress(_ pointer: GuestPointer) throws(Errno) -> GuestAddress {
        let tag = try load(pointer + AddrPortLayout.tag, as: UInt8.self)
        switch AddressFamily(rawValue: tag) {
        case .inet4:
            let raw = try range(pointer, UInt64(AddrPortLayout.ip4Size))
            return .inet4(
                SocketAddress(
                    octets: raw.loadUnaligned(fromByteOffset: AddrPortLayout.address, as: UInt32.self),
                    port: raw.loadUnaligned(fromByteOffset: AddrPortLayout.port, as: UInt16.self)))
        case .inet6:
            _ = try range(pointer, UInt64(AddrPortLayout.ip6Size))
            return .foreign
        case .unspecified:
            return .unspecified
        default:
            return .foreign
        }
    }

    /// Where an address goes. Older guests have room for 20 bytes only, and no address here is longer than 8.
    func addressTarget(_ pointer: GuestPointer) throws(Errno) -> AddressTarget {
        AddressTarget(raw: try range(pointer, UInt64(AddrPortLayout.ip4Size)))
    }
}

/// Checked room for an `addr_port`.
struct AddressTarget {
    fileprivate let raw: UnsafeMutableRawPointer

    /// Eight bytes; the port as a little-endian number (ABI 1.13).
    func store(_ address: SocketAddress) {
        tag(.inet4)
        raw.storeBytes(of: address.port, toByteOffset: AddrPortLayout.port, as: UInt16.self)
        raw.storeBytes(of: address.octets, toByteOffset: AddrPortLayout.address, as: UInt32.self)
    }

    /// The address of a socket without a name: an empty path.
    func storeUnnamed() {
        tag(.unix)
        raw.storeBytes(of: 0, toByteOffset: AddrPortLayout.unixPath, as: UInt8.self)
    }

    private func tag(_ family: AddressFamily) {
        raw.storeBytes(of: UInt16(family.rawValue), toByteOffset: AddrPortLayout.tag, as: UInt16.self)
    }
}
