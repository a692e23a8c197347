import Glibc

/// A route: where packets to a network go.
public struct HostRoute: Equatable, Sendable {
    public let network: InterfaceAddress
    /// The router. Nil for a network that an interface is directly connected to.
    public let router: NetworkEndpoint?
}

extension HostRoute {
    // linux/route.h, linux/ipv6_route.h; the last one is RTF_REJECT and RTF_LOCAL.
    private static let isUp: UInt64 = 0x1
    private static let hasGateway: UInt64 = 0x2
    private static let notForPackets: UInt64 = 0x200 | 0x8000_0000

    /// The routes in the host's main tables, but for those to the host itself and to multicast groups (proc(5)). No
    /// lock held.
    public static var all: [HostRoute] {
        lines("/proc/net/route").dropFirst().compactMap(route4) + lines("/proc/net/ipv6_route").compactMap(route6)
    }

    /// Interface, destination, gateway, flags, ..., mask in the eighth field. Addresses are hexadecimal: the octets as
    /// they stand in memory, read as one number of the host's byte order.
    static func route4(_ fields: [Substring]) -> HostRoute? {
        guard fields.count > 7, let destination = UInt32(fields[1], radix: 16),
            let gateway = UInt32(fields[2], radix: 16), let flags = UInt64(fields[3], radix: 16),
            let mask = UInt32(fields[7], radix: 16), flags & isUp != 0, flags & notForPackets == 0
        else { return nil }
        return HostRoute(
            network: InterfaceAddress(
                NetworkEndpoint(octets4: destination, port: 0), prefix: UInt8(mask.nonzeroBitCount)),
            router: flags & hasGateway != 0 ? NetworkEndpoint(octets4: gateway, port: 0) : nil)
    }

    /// Destination, its prefix, source, its prefix, next hop, metric, two counts, flags, interface: all hexadecimal.
    static func route6(_ fields: [Substring]) -> HostRoute? {
        guard fields.count > 9, let destination = UInt128(fields[0], radix: 16),
            let prefix = UInt8(fields[1], radix: 16), let hop = UInt128(fields[4], radix: 16),
            let flags = UInt64(fields[8], radix: 16), flags & isUp != 0, flags & notForPackets == 0,
            destination >> 120 != 0xff
        else { return nil }
        return HostRoute(
            network: InterfaceAddress(NetworkEndpoint(address: destination, port: 0), prefix: prefix),
            router: flags & hasGateway != 0 ? NetworkEndpoint(address: hop, port: 0) : nil)
    }

    private static func lines(_ path: String) -> [[Substring]] {
        let fd = open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return [] }
        defer { close(fd) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while case let count = read(fd, &buffer, buffer.count), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map {
            $0.split(whereSeparator: { $0 == " " || $0 == "\t" })
        }
    }
}
