import Glibc
import WasixABI

/// Options that are set otherwise on the host's socket than the guest asked.
struct GuestOptions {
    /// SO_REUSEADDR as the guest set it; nil when it did not.
    var reusesAddress: Bool?
    /// How long closing waits for unsent data, in nanoseconds.
    ///
    /// Only 0 is set in the host, which resets the connection with the close. The host would let a close wait for any
    /// other value, and the thread that closes may not wait. With any other value the data is sent after the close, as
    /// without the option.
    var linger: UInt64?
}

/// Socket options. Every value goes to and comes from the host, so limits, doublings and errors are Linux's
/// (socket(7), tcp(7), ip(7), ipv6(7)); timeouts are kept here. PROMISCUOUS is an option of network devices that no
/// socket of the host has: NOPROTOOPT.
extension HostSocket {
    // MARK: flags

    /// Sets an option that is on or off.
    /// - Throws: NOPROTOOPT where the host has no such option or it is read-only; the host's reason.
    public final func setFlag(_ option: SockOption, _ value: Bool) throws(Errno) {
        assertLocked()
        guard let (level, name) = option.hostName(family), !option.isReadOnly else { throw .noprotoopt }
        try HostNet.set(hostFd, level, name, Int32(value ? 1 : 0))
        if option == .reuseAddress { options.reusesAddress = value }
    }

    public final func flag(_ option: SockOption) throws(Errno) -> Bool {
        assertLocked()
        if option == .reuseAddress { return options.reusesAddress ?? false }
        return try hostValue(option) != 0
    }

    // MARK: numbers

    /// Sets an option that is a number.
    /// - Throws: as `setFlag`.
    public final func setSize(_ option: SockOption, _ value: UInt64) throws(Errno) {
        assertLocked()
        guard let (level, name) = option.hostName(family), !option.isReadOnly else { throw .noprotoopt }
        // Buffer sizes and low-water marks change what it is ready for.
        hostCallEnded()
        try HostNet.set(hostFd, level, name, Int32(clamping: value))
    }

    /// LAST_ERROR is the errno's number, and reading clears it.
    public final func size(_ option: SockOption) throws(Errno) -> UInt64 {
        assertLocked()
        switch option {
        case .type: return UInt64(type.rawValue)
        case .lastError: return UInt64(try takeError().rawValue)
        default: return UInt64(max(0, try hostValue(option)))
        }
    }

    private func takeError() throws(Errno) -> Errno {
        let error = Errno(host: try hostValue(.lastError))
        if error != .success {
            if progress == .connecting { connectFailed() }
            return error
        }
        defer { deferredError = nil }
        return deferredError ?? .success
    }

    private func hostValue(_ option: SockOption) throws(Errno) -> Int32 {
        // Reading the pending error clears it, which changes what it is ready for.
        hostCallEnded()
        guard let (level, name) = option.hostName(family) else { throw .noprotoopt }
        return try HostNet.get(hostFd, level, name)
    }

    // MARK: times

    /// Sets an option that is a time; nil for no timeout, or linger off.
    /// - Throws: NOPROTOOPT for what is no such option; the host's reason.
    public final func setTime(_ option: SockOption, _ nanoseconds: UInt64?) throws(Errno) {
        assertLocked()
        guard option == .linger else { return try timeouts.set(option, nanoseconds) }
        let resets = Glibc.linger(l_onoff: nanoseconds == 0 ? 1 : 0, l_linger: 0)
        try HostNet.set(hostFd, SOL_SOCKET, SO_LINGER, resets)
        options.linger = nanoseconds
    }

    public final func time(_ option: SockOption) throws(Errno) -> UInt64? {
        option == .linger ? options.linger : try timeouts.value(option)
    }
}

extension SockOption {
    /// The host's level and name of the option; nil where the host has no such option. Whether this kind of socket has
    /// it, the host says.
    fileprivate func hostName(_ family: AddressFamily) -> (Int32, Int32)? {
        switch self {
        case .reusePort: (SOL_SOCKET, SO_REUSEPORT)
        case .reuseAddress: (SOL_SOCKET, SO_REUSEADDR)
        case .noDelay: (Int32(IPPROTO_TCP), TCP_NODELAY)
        case .dontRoute: (SOL_SOCKET, SO_DONTROUTE)
        case .onlyV6: (Int32(IPPROTO_IPV6), IPV6_V6ONLY)
        case .broadcast: (SOL_SOCKET, SO_BROADCAST)
        case .multicastLoopV4: (Int32(IPPROTO_IP), IP_MULTICAST_LOOP)
        case .multicastLoopV6: (Int32(IPPROTO_IPV6), IPV6_MULTICAST_LOOP)
        case .listening: (SOL_SOCKET, SO_ACCEPTCONN)
        case .lastError: (SOL_SOCKET, SO_ERROR)
        case .keepAlive: (SOL_SOCKET, SO_KEEPALIVE)
        case .outOfBandInline: (SOL_SOCKET, SO_OOBINLINE)
        case .receiveBufferSize: (SOL_SOCKET, SO_RCVBUF)
        case .sendBufferSize: (SOL_SOCKET, SO_SNDBUF)
        case .receiveLowWater: (SOL_SOCKET, SO_RCVLOWAT)
        case .sendLowWater: (SOL_SOCKET, SO_SNDLOWAT)
        case .ttl:
            family == .inet6 ? (Int32(IPPROTO_IPV6), IPV6_UNICAST_HOPS) : (Int32(IPPROTO_IP), IP_TTL)
        case .multicastTTLV4: (Int32(IPPROTO_IP), IP_MULTICAST_TTL)
        case .proto: (SOL_SOCKET, SO_PROTOCOL)
        default: nil
        }
    }
}
