import Glibc
import WasixABI

/// An IPv4 address and port.
public struct SocketAddress: Hashable, Sendable {
    /// Four octets as they stand in memory, in network order.
    public var octets: UInt32
    public var port: UInt16

    public init(octets: UInt32, port: UInt16) {
        self.octets = octets
        self.port = port
    }

    /// Any address, no port: what an unbound socket is bound to.
    public static let wildcard = SocketAddress(octets: 0, port: 0)
    public static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(octets: UInt32(0x7f00_0001).bigEndian, port: port)
    }

    /// `127.0.0.1:80`.
    public var text: String {
        withUnsafeBytes(of: octets) { "\($0[0]).\($0[1]).\($0[2]).\($0[3]):\(port)" }
    }

    // MARK: the host's form

    init(_ host: sockaddr_in) {
        self.init(octets: host.sin_addr.s_addr, port: UInt16(bigEndian: host.sin_port))
    }

    var host: sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = octets
        return address
    }
}
