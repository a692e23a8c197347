import Glibc
import WasixABI

/// Multicast groups (ip(7), ipv6(7)). The host rejects what is no group, no interface, or no datagram socket.
extension HostSocket {
    /// `group` is four octets in network order, `interface` an address of the interface, or 0 for any.
    public final func join(ip4 group: UInt32, interface: UInt32, _ thread: GuestThread) throws(Errno) {
        try permit(.in, .inet4(Inet4Address(octets: group, port: 0)), thread)
        try changeMembership(Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP) {
            ip_mreq(imr_multiaddr: in_addr(s_addr: group), imr_interface: in_addr(s_addr: interface))
        }
    }

    public final func leave(ip4 group: UInt32, interface: UInt32) throws(Errno) {
        try changeMembership(Int32(IPPROTO_IP), IP_DROP_MEMBERSHIP) {
            ip_mreq(imr_multiaddr: in_addr(s_addr: group), imr_interface: in_addr(s_addr: interface))
        }
    }

    /// `interface` is the interface's index, or 0 for any.
    public final func join(ip6 group: Inet6Address, interface: UInt32, _ thread: GuestThread) throws(Errno) {
        try permit(.in, .inet6(group), thread)
        try changeMembership(Int32(IPPROTO_IPV6), IPV6_JOIN_GROUP) { Self.request(group, interface) }
    }

    public final func leave(ip6 group: Inet6Address, interface: UInt32) throws(Errno) {
        try changeMembership(Int32(IPPROTO_IPV6), IPV6_LEAVE_GROUP) { Self.request(group, interface) }
    }

    private static func request(_ group: Inet6Address, _ interface: UInt32) -> ipv6_mreq {
        ipv6_mreq(ipv6mr_multiaddr: HostAddress.octets(group), ipv6mr_interface: interface)
    }

    private func changeMembership<Request>(_ level: Int32, _ name: Int32, _ request: () -> Request) throws(Errno) {
        assertLocked()
        try HostNet.set(hostFd, level, name, request())
    }
}
