/// An address and a port as rules compare them. IPv4 addresses stand in IPv6's `::ffff:0:0/96`, so that an address
/// that is written as IPv6 and leads to IPv4 is the same here.
public struct NetworkEndpoint: Hashable, Sendable {
    /// The 128 bits as a number.
    let address: UInt128
    let port: UInt16

    init(address: UInt128, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// From four octets as they stand in memory, in network order.
    @inline(__always)
    public init(octets4 octets: UInt32, port: UInt16) {
        address = Self.v4Prefix | UInt128(octets.bigEndian)
        self.port = port
    }

    /// From sixteen octets as they stand in memory, in network order.
    @inline(__always)
    public init(octets16 octets: (UInt64, UInt64), port: UInt16) {
        address = UInt128(octets.0.bigEndian) << 64 | UInt128(octets.1.bigEndian)
        self.port = port
    }

    static let v4Prefix: UInt128 = 0xffff_0000_0000

    /// An IPv4 address, whichever way it was written.
    @inline(__always)
    public var isV4: Bool { address >> 32 == Self.v4Prefix >> 32 }

    /// `0.0.0.0` or `::`.
    @inline(__always)
    var isUnspecified: Bool { address == 0 || address == Self.v4Prefix }

    static func loopback4(port: UInt16) -> NetworkEndpoint {
        NetworkEndpoint(address: v4Prefix | 0x7f00_0001, port: port)
    }
    static func loopback6(port: UInt16) -> NetworkEndpoint { NetworkEndpoint(address: 1, port: port) }

    /// As octets in memory: of an IPv4 address the first four.
    public var octets: (UInt64, UInt64) {
        if isV4 { return (UInt64(UInt32(truncatingIfNeeded: address).bigEndian), 0) }
        return (UInt64(truncatingIfNeeded: address >> 64).bigEndian, UInt64(truncatingIfNeeded: address).bigEndian)
    }
}

extension NetworkEndpoint {
    /// Nil for what is no address of a network.
    init?(_ address: SocketAddress) {
        switch address {
        case .inet4(let inet): self.init(octets4: inet.octets, port: inet.port)
        case .inet6(let inet): self.init(octets16: (inet.high, inet.low), port: inet.port)
        case .unix, .unspecified: return nil
        }
    }
}
