// Offsets and sizes in bytes of network addresses. All unions: tag (u8, `AddressFamily`) at 0, payload from 2.
// Octets are in network order, ports are little-endian numbers.
//
// Older headers have no flow and scope, and shorter unix parts: never write more than the tag needs.

/// `addr_ip4`: four octets.
public enum AddrIp4Layout {
    public static let size = 4
    public static let alignment = 1
}

/// `addr_ip6`: octets, then flow and scope in halves of 16 bits, the high half first.
public enum AddrIp6Layout {
    public static let size = 24
    public static let alignment = 2
    public static let octets = 0
    public static let flowHigh = 16
    public static let flowLow = 18
    public static let scopeHigh = 20
    public static let scopeLow = 22
}

/// The 16 octets alone.
public enum AddrIp6BareLayout {
    public static let size = 16
    public static let alignment = 2
}

/// A NUL-terminated path.
public enum AddrUnixLayout {
    public static let size = 108
    public static let alignment = 1
}

/// `addr`: an address of any family, without a port.
public enum AddrLayout {
    public static let size = 110
    public static let alignment = 2
    public static let tag = 0
    /// Four octets, an `AddrIp6Layout`, or an `AddrUnixLayout`.
    public static let payload = 2
}

/// What `resolve` answers.
public enum AddrIPLayout {
    public static let size = 18
    public static let alignment = 2
    public static let tag = 0
    /// Four octets, or sixteen.
    public static let payload = 2
}

/// `addr_port`: an address of any family, with its port: what sockets are bound and connected to.
public enum AddrPortLayout {
    public static let size = 110
    public static let alignment = 2
    public static let tag = 0
    /// u16, for all but unix addresses
    public static let port = 2
    /// Four octets, or an `AddrIp6Layout`.
    public static let address = 4
    public static let unixPath = 2
    /// Bytes that count for an IPv4 address.
    public static let ip4Size = 8
    /// Bytes that count for an IPv6 address without flow and scope: all that older headers have.
    public static let ip6Size = 20
    /// Bytes that count for an IPv6 address with flow and scope.
    public static let ip6ScopedSize = 28
    public static let ip6Flow = 20
    public static let ip6Scope = 24
}

/// `addr_cidr`: an IPv4 or IPv6 address and the length of its network's prefix.
public enum AddrCidrLayout {
    public static let size = 28
    public static let alignment = 2
    public static let tag = 0
    public static let payload = 2
    /// u8
    public static let ip4Prefix = 6
    /// u8
    public static let ip6Prefix = 26
}

/// `route`: the network as an `addr_cidr`, the router as an `addr`, and two optional times.
public enum RouteLayout {
    public static let size = 176
    public static let alignment = 8
    public static let cidr = 0
    public static let viaRouter = 28
    /// `OptionTimestampLayout`
    public static let preferredUntil = 144
    /// `OptionTimestampLayout`
    public static let expiresAt = 160
}

public enum HardwareAddressLayout {
    public static let size = 6
    public static let alignment = 1
}
