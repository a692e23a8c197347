/// Offsets and sizes in bytes of network addresses. All unions: tag (u8, `AddressFamily`) at 0, payload from 2.
/// Octets are in network order, ports are little-endian numbers.
///
/// Older headers have no flow and scope, and shorter unix parts: never write more than the tag needs.

package enum AddrIp4Layout {
    package static let size = 4
    package static let alignment = 1
}

package enum AddrIp6Layout {
    package static let size = 24
    package static let alignment = 2
    package static let octets = 0
    package static let flowHigh = 16
    package static let flowLow = 18
    package static let scopeHigh = 20
    package static let scopeLow = 22
}

/// The 16 octets alone.
package enum AddrIp6BareLayout {
    package static let size = 16
    package static let alignment = 2
}

/// A NUL-terminated path.
package enum AddrUnixLayout {
    package static let size = 108
    package static let alignment = 1
}

package enum AddrLayout {
    package static let size = 110
    package static let alignment = 2
    package static let tag = 0
    /// Four octets, an `AddrIp6Layout`, or an `AddrUnixLayout`.
    package static let payload = 2
}

/// What `resolve` answers.
package enum AddrIPLayout {
    package static let size = 18
    package static let alignment = 2
    package static let tag = 0
    /// Four octets, or sixteen.
    package static let payload = 2
}

package enum AddrPortLayout {
    package static let size = 110
    package static let alignment = 2
    package static let tag = 0
    /// u16, for all but unix addresses
    package static let port = 2
    /// Four octets, or an `AddrIp6Layout`.
    package static let address = 4
    package static let unixPath = 2
    /// Bytes that count for an IPv4 address.
    package static let ip4Size = 8
    /// Bytes that count for an IPv6 address without flow and scope: all that older headers have.
    package static let ip6Size = 20
    /// Bytes that count for an IPv6 address with flow and scope.
    package static let ip6ScopedSize = 28
    package static let ip6Flow = 20
    package static let ip6Scope = 24
}

package enum AddrCidrLayout {
    package static let size = 28
    package static let alignment = 2
    package static let tag = 0
    package static let payload = 2
    /// u8
    package static let ip4Prefix = 6
    /// u8
    package static let ip6Prefix = 26
}

package enum RouteLayout {
    package static let size = 176
    package static let alignment = 8
    package static let cidr = 0
    package static let viaRouter = 28
    /// `OptionTimestampLayout`
    package static let preferredUntil = 144
    /// `OptionTimestampLayout`
    package static let expiresAt = 160
}

package enum HardwareAddressLayout {
    package static let size = 6
    package static let alignment = 1
}
