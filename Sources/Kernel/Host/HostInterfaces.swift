import Glibc

/// An address of this host with the length of its network's prefix.
public struct InterfaceAddress: Equatable, Sendable {
    public let address: NetworkEndpoint
    public let prefix: UInt8
    /// Which interface a link-local IPv6 address belongs to, else 0.
    public let scope: UInt32

    init(_ address: NetworkEndpoint, prefix: UInt8, scope: UInt32 = 0) {
        self.address = address
        self.prefix = prefix
        self.scope = scope
    }
}

extension Kernel {
    /// The addresses that a guest may know of: the loopback addresses, and those addresses of the host's interfaces at
    /// which it may be reached. Asks the host; no lock held.
    public var visibleAddresses: [InterfaceAddress] {
        var addresses = [
            InterfaceAddress(.loopback4(port: 0), prefix: 8), InterfaceAddress(.loopback6(port: 0), prefix: 128),
        ]
        guard !network.isDenied else { return addresses }
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return addresses }
        defer { freeifaddrs(list) }
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let found = InterfaceAddress(entry.pointee), network.isVisible(found.address),
                !addresses.contains(where: { $0.address == found.address && $0.scope == found.scope })
            else { continue }
            addresses.append(found)
        }
        return addresses
    }
}

extension InterfaceAddress {
    /// Nil for what is neither IPv4 nor IPv6.
    fileprivate init?(_ entry: ifaddrs) {
        guard let own = entry.ifa_addr, let address = NetworkEndpoint(host: own) else { return nil }
        var scope: UInt32 = 0
        if !address.isV4 {
            scope = UnsafeRawPointer(own).loadUnaligned(as: sockaddr_in6.self).sin6_scope_id
        }
        // A mask is a prefix, so its length is the number of its ones.
        var prefix = address.isV4 ? 32 : 128
        if let mask = entry.ifa_netmask {
            let raw = UnsafeRawPointer(mask)
            if address.isV4 {
                prefix = raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr.nonzeroBitCount
            } else {
                let octets = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
                prefix = withUnsafeBytes(of: octets) { $0.reduce(0) { $0 + $1.nonzeroBitCount } }
            }
        }
        self.init(address, prefix: UInt8(prefix), scope: scope)
    }
}
