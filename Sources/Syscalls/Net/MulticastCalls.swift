import Kernel
import Trace
import WasixABI

/// Joining and leaving groups of receivers.
enum MulticastCalls {
    static let bindings: [CallBinding] = [
        CallBinding(.sockJoinMulticastV4, joinV4),
        CallBinding(.sockLeaveMulticastV4, leaveV4),
        CallBinding(.sockJoinMulticastV6, joinV6),
        CallBinding(.sockLeaveMulticastV6, leaveV6),
    ]

    /// `sock_join_multicast_v4(fd, group, iface)`
    private static func joinV4(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try changeV4(call, thread) { host, group, interface throws(Errno) in
            try host.join(ip4: group, interface: interface, thread)
        }
    }

    /// `sock_leave_multicast_v4(fd, group, iface)`
    private static func leaveV4(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try changeV4(call, thread) { host, group, interface throws(Errno) in
            try host.leave(ip4: group, interface: interface)
        }
    }

    /// `sock_join_multicast_v6(fd, group, iface)`
    private static func joinV6(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try changeV6(call, thread) { host, group, interface throws(Errno) in
            try host.join(ip6: group, interface: interface, thread)
        }
    }

    /// `sock_leave_multicast_v6(fd, group, iface)`
    private static func leaveV6(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try changeV6(call, thread) { host, group, interface throws(Errno) in
            try host.leave(ip6: group, interface: interface)
        }
    }

    private static func changeV4(
        _ call: Call, _ thread: GuestThread,
        _ change: (HostSocket, _ group: UInt32, _ interface: UInt32) throws(Errno) -> Void
    ) throws(Errno) {
        let group = try thread.memory.load(call.pointer(1), as: UInt32.self)
        let interface = try thread.memory.load(call.pointer(2), as: UInt32.self)
        try withHost(call, thread) { host throws(Errno) in try change(host, group, interface) }
    }

    /// Only the sixteen octets of the group are read: the interface is another argument.
    private static func changeV6(
        _ call: Call, _ thread: GuestThread,
        _ change: (HostSocket, _ group: Inet6Address, _ interface: UInt32) throws(Errno) -> Void
    ) throws(Errno) {
        let raw = try thread.memory.range(call.pointer(1), UInt64(AddrIp6BareLayout.size))
        let group = Inet6Address(
            high: raw.loadUnaligned(as: UInt64.self), low: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
            port: 0)
        try withHost(call, thread) { host throws(Errno) in try change(host, group, call.u32(2)) }
    }

    /// A socket pair answers NOTSUP, as any Unix-domain socket does.
    private static func withHost(
        _ call: Call, _ thread: GuestThread, _ change: (HostSocket) throws(Errno) -> Void
    ) throws(Errno) {
        try thread.withSocket(call) { socket throws(Errno) in
            guard case .host(let host) = socket else { throw .notsup }
            try change(host)
        }
    }
}
