/// A socket option; libc uses these numbers as its `SO_*`.
public struct SockOption: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let noop = SockOption(rawValue: 0)
    public static let reusePort = SockOption(rawValue: 1)
    public static let reuseAddress = SockOption(rawValue: 2)
    public static let noDelay = SockOption(rawValue: 3)
    public static let dontRoute = SockOption(rawValue: 4)
    public static let onlyV6 = SockOption(rawValue: 5)
    public static let broadcast = SockOption(rawValue: 6)
    public static let multicastLoopV4 = SockOption(rawValue: 7)
    public static let multicastLoopV6 = SockOption(rawValue: 8)
    public static let promiscuous = SockOption(rawValue: 9)
    public static let listening = SockOption(rawValue: 10)
    public static let lastError = SockOption(rawValue: 11)
    public static let keepAlive = SockOption(rawValue: 12)
    public static let linger = SockOption(rawValue: 13)
    public static let outOfBandInline = SockOption(rawValue: 14)
    public static let receiveBufferSize = SockOption(rawValue: 15)
    public static let sendBufferSize = SockOption(rawValue: 16)
    public static let receiveLowWater = SockOption(rawValue: 17)
    public static let sendLowWater = SockOption(rawValue: 18)
    public static let receiveTimeout = SockOption(rawValue: 19)
    public static let sendTimeout = SockOption(rawValue: 20)
    public static let connectTimeout = SockOption(rawValue: 21)
    public static let acceptTimeout = SockOption(rawValue: 22)
    public static let ttl = SockOption(rawValue: 23)
    public static let multicastTTLV4 = SockOption(rawValue: 24)
    public static let type = SockOption(rawValue: 25)
    public static let proto = SockOption(rawValue: 26)

    /// Which pair of calls carries an option.
    public enum Accessor: Sendable {
        case flag
        case size
        case time
    }

    /// Nil for `noop` and for numbers that are no option.
    public var accessor: Accessor? {
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
    public var isReadOnly: Bool {
        self == .listening || self == .lastError || self == .type || self == .proto
    }
}
