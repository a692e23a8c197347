import WasixABI

/// What a guest has set on one end of a socket pair.
struct SocketPairOptions {
    /// Linux's default (net.core.wmem_default): what may be under way, counted in segment costs.
    var sendBuffer = 212_992
    var receiveBuffer = 212_992
    var receiveLowWater = 1
    /// How long closing waits for unsent data, in nanoseconds: nothing ever is unsent here.
    var linger: UInt64?
    var timeouts = SocketTimeouts()
    /// Those that are remembered and mean nothing to a Unix-domain socket (socket(7)).
    var flags: Set<SockOption> = []
}

/// Options as Linux has them for Unix-domain sockets.
extension SocketPairEnd {
    public func setFlag(_ option: SockOption, _ value: Bool) throws(Errno) {
        assertLocked()
        switch option {
        case .reuseAddress, .dontRoute, .broadcast, .keepAlive, .outOfBandInline:
            if value { options.flags.insert(option) } else { options.flags.remove(option) }
        case .reusePort: if value { throw .notsup }
        case .listening, .promiscuous: throw .noprotoopt
        default: throw .notsup
        }
    }

    public func flag(_ option: SockOption) throws(Errno) -> Bool {
        assertLocked()
        return switch option {
        case .reuseAddress, .dontRoute, .broadcast, .keepAlive, .outOfBandInline: options.flags.contains(option)
        case .reusePort, .listening: false
        case .promiscuous: throw .noprotoopt
        default: throw .notsup
        }
    }

    public func setSize(_ option: SockOption, _ value: UInt64) throws(Errno) {
        assertLocked()
        switch option {
        case .sendBufferSize:
            options.sendBuffer = hostBufferSize(option, value) ?? options.sendBuffer
            notify(.out)
        case .receiveBufferSize: options.receiveBuffer = hostBufferSize(option, value) ?? options.receiveBuffer
        case .receiveLowWater: options.receiveLowWater = Int(Int32(clamping: max(1, value)))
        case .lastError, .type, .proto, .sendLowWater: throw .noprotoopt
        default: throw .notsup
        }
    }

    /// LAST_ERROR is the errno's number, and reading clears it.
    public func size(_ option: SockOption) throws(Errno) -> UInt64 {
        assertLocked()
        return switch option {
        case .type: UInt64((fileType == .socketStream ? SockType.stream : .datagram).rawValue)
        case .proto: 0
        case .lastError: UInt64(takeError().rawValue)
        case .sendBufferSize: UInt64(options.sendBuffer)
        case .receiveBufferSize: UInt64(options.receiveBuffer)
        case .receiveLowWater: UInt64(options.receiveLowWater)
        case .sendLowWater: 1
        default: throw .notsup
        }
    }

    public func setTime(_ option: SockOption, _ nanoseconds: UInt64?) throws(Errno) {
        assertLocked()
        guard option == .linger else { return try options.timeouts.set(option, nanoseconds) }
        options.linger = nanoseconds
    }

    public func time(_ option: SockOption) throws(Errno) -> UInt64? {
        option == .linger ? options.linger : try options.timeouts.value(option)
    }

    /// The buffer that a socket gets when `value` bytes are asked for: doubled, within the host's limits. A socket of
    /// the host is made to find that out; nil when none can be made.
    private func hostBufferSize(_ option: SockOption, _ value: UInt64) -> Int? {
        HostNet.unixBufferSize(isSending: option == .sendBufferSize, Int32(clamping: value))
    }
}
