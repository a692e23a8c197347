/// A socket option; libc uses these numbers as its `SO_*`.
package struct SockOption: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let noop = SockOption(rawValue: 0)
    package static let reusePort = SockOption(rawValue: 1)
    package static let reuseAddress = SockOption(rawValue: 2)
    package static let noDelay = SockOption(rawValue: 3)
    package static let dontRoute = SockOption(rawValue: 4)
    package static let onlyV6 = SockOption(rawValue: 5)
    package static let broadcast = SockOption(rawValue: 6)
    package static let multicastLoopV4 = SockOption(rawValue: 7)
    package static let multicastLoopV6 = SockOption(rawValue: 8)
    package static let promiscuous = SockOption(rawValue: 9)
    package static let listening = SockOption(rawValue: 10)
    package static let lastError = SockOption(rawValue: 11)
    package static let keepAlive = SockOption(rawValue: 12)
    package static let linger = SockOption(rawValue: 13)
    package static let outOfBandInline = SockOption(rawValue: 14)
    package static let receiveBufferSize = SockOption(rawValue: 15)
    package static let sendBufferSize = SockOption(rawValue: 16)
    package static let receiveLowWater = SockOption(rawValue: 17)
    package static let sendLowWater = SockOption(rawValue: 18)
    package static let receiveTimeout = SockOption(rawValue: 19)
    package static let sendTimeout = SockOption(rawValue: 20)
    package static let connectTimeout = SockOption(rawValue: 21)
    package static let acceptTimeout = SockOption(rawValue: 22)
    package static let ttl = SockOption(rawValue: 23)
    package static let multicastTTLV4 = SockOption(rawValue: 24)
    package static let type = SockOption(rawValue: 25)
    package static let proto = SockOption(rawValue: 26)

    /// Which pair of calls carries an option.
    package enum Accessor: Sendable {
        case flag
        case size
        case time
    }

    /// Nil for `noop` and for numbers that are no option.
    package var accessor: Accessor? {
        switch self {
        case .reusePort, .reuseAddress, .noDelay, .dontRoute, .onlyV6, .broadcast, .multicastLoopV4,
            .multicastLoopV6, .promiscuous, .listening, .keepAlive, .outOfBandInline:
            .flag
        case .linger, .receiveTimeout, .sendTimeout, .connectTimeout, .acceptTimeout:
            .time
        case .lastError, .receiveBufferSize, .sendBufferSize, .receiveLowWater, .sendLowWater, .ttl,
            .multicastTTLV4, .type, .proto:
            .size
        default:
            nil
        }
    }

    /// Whether it can be read but not set.
    package var isReadOnly: Bool {
        self == .listening || self == .lastError || self == .type || self == .proto
    }
}
