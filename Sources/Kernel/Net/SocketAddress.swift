import WasixABI

/// Where a socket is or what it talks to, as the guest names it.
public enum SocketAddress: Hashable, Sendable {
    case unspecified
    case inet4(Inet4Address)
    case inet6(Inet6Address)
    /// A Unix-domain socket by its path in the guest's tree; empty for one without a name.
    case unix([UInt8])

    public static let unnamed = SocketAddress.unix([])

    /// 127.0.0.1.
    public static func loopback(port: UInt16) -> SocketAddress {
        .inet4(Inet4Address(octets: UInt32(0x7f00_0001).bigEndian, port: port))
    }

    /// `::1`.
    public static func loopback6(port: UInt16) -> SocketAddress {
        .inet6(Inet6Address(high: 0, low: UInt64(1).bigEndian, port: port))
    }

    /// Any address, no port, no name: what an unbound socket is bound to.
    public static func wildcard(_ family: AddressFamily) -> SocketAddress {
        switch family {
        case .inet4: .inet4(Inet4Address(octets: 0, port: 0))
        case .inet6: .inet6(Inet6Address(high: 0, low: 0, port: 0))
        case .unix: .unnamed
        default: .unspecified
        }
    }

    public var family: AddressFamily {
        switch self {
        case .unspecified: .unspecified
        case .inet4: .inet4
        case .inet6: .inet6
        case .unix: .unix
        }
    }

    /// 0 for an address without a port.
    public var port: UInt16 {
        switch self {
        case .inet4(let address): address.port
        case .inet6(let address): address.port
        case .unspecified, .unix: 0
        }
    }

    /// The wildcard: every address of the host, or none.
    public var isWildcard: Bool {
        switch self {
        case .inet4(let address): address.octets == 0
        case .inet6(let address): address.high == 0 && address.low == 0
        case .unspecified: true
        case .unix(let path): path.isEmpty
        }
    }

    /// Whether it names one socket: it has a port, or a path.
    public var isBound: Bool { port != 0 || family == .unix && !isWildcard }

    /// An IPv4 address that is written as an IPv6 one (`::ffff:10.0.0.1`) as itself; others unchanged.
    public var unmapped: SocketAddress {
        guard case .inet6(let address) = self, address.high == 0,
            UInt64(bigEndian: address.low) >> 32 == 0xffff
        else { return self }
        let octets = UInt32(truncatingIfNeeded: UInt64(bigEndian: address.low)).bigEndian
        return .inet4(Inet4Address(octets: octets, port: address.port))
    }

    /// `127.0.0.1:80`, `[fe80::1%2]:80`, `/tmp/s`; empty for no name.
    public var text: String {
        switch self {
        case .unspecified: ""
        case .inet4(let address): address.text
        case .inet6(let address): address.text
        case .unix(let path): String(decoding: path, as: UTF8.self)
        }
    }
}

/// An IPv4 address and port.
public struct Inet4Address: Hashable, Sendable {
    /// Four octets as they stand in memory, in network order.
    public var octets: UInt32
    public var port: UInt16

    public init(octets: UInt32, port: UInt16) {
        self.octets = octets
        self.port = port
    }

    var text: String { withUnsafeBytes(of: octets) { "\(AddressText.ip4($0)):\(port)" } }
}

/// An IPv6 address and port.
public struct Inet6Address: Hashable, Sendable {
    /// Sixteen octets as they stand in memory, in network order.
    public var high: UInt64
    public var low: UInt64
    public var port: UInt16
    /// As the guest's `sin6_flowinfo`.
    public var flow: UInt32
    /// The interface that an address of one link only is on; 0 for none.
    public var scope: UInt32

    public init(high: UInt64, low: UInt64, port: UInt16, flow: UInt32 = 0, scope: UInt32 = 0) {
        self.high = high
        self.low = low
        self.port = port
        self.flow = flow
        self.scope = scope
    }

    var text: String {
        let groups = withUnsafeBytes(of: (high, low)) { bytes in
            (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        }
        return "[\(AddressText.ip6(groups))\(scope == 0 ? "" : "%\(scope)")]:\(port)"
    }
}
