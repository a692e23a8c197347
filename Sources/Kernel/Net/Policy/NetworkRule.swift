import Glibc
import Trace

/// A range of addresses that share a prefix.
struct AddressRange: Sendable {
    let base: UInt128
    let mask: UInt128

    static let allV4 = AddressRange(v4: 0, prefix: 0)
    static let allV6 = AddressRange(v6: 0, prefix: 0)

    init(v4 address: UInt32, prefix: Int) {
        self.init(v6: NetworkEndpoint.v4Prefix | UInt128(address), prefix: prefix + 96)
    }

    /// Bits beyond the prefix are ignored.
    init(v6 address: UInt128, prefix: Int) {
        mask = prefix == 0 ? 0 : UInt128.max << UInt128(128 - prefix)
        base = address & mask
    }

    /// Only a range of IPv4 addresses contains one, however large an IPv6 range is.
    @inline(__always)
    func contains(_ endpoint: NetworkEndpoint) -> Bool {
        endpoint.address & mask == base && (mask >> 32 & 1 != 0 || !endpoint.isV4)
    }
}

/// One rule, for one range of addresses or one pattern and one range of ports. Plain data.
struct NetworkRule: @unchecked Sendable {
    // Safe to share: constant; the memory behind it lives as long as the program.
    struct Transports: OptionSet {
        let rawValue: UInt8
        static let tcp = Transports(rawValue: 1 << NetworkProtocol.tcp.rawValue)
        static let udp = Transports(rawValue: 1 << NetworkProtocol.udp.rawValue)
        static let unix = Transports(rawValue: 1 << NetworkProtocol.unix.rawValue)
        static let dns = Transports(rawValue: 1 << NetworkProtocol.dns.rawValue)

        @inline(__always)
        func contains(_ transport: NetworkProtocol) -> Bool { rawValue & 1 << transport.rawValue != 0 }
    }

    struct Directions: OptionSet {
        let rawValue: UInt8
        static let out = Directions(rawValue: 1 << NetworkDirection.out.rawValue)
        static let `in` = Directions(rawValue: 1 << NetworkDirection.in.rawValue)

        @inline(__always)
        func contains(_ direction: NetworkDirection) -> Bool { rawValue & 1 << direction.rawValue != 0 }
    }

    /// Which names or paths a rule is about.
    enum Pattern {
        case all
        case exactly(UnsafeRawBufferPointer)
        case endingWith(UnsafeRawBufferPointer)
        case startingWith(UnsafeRawBufferPointer)

        func matches(_ text: UnsafeRawBufferPointer) -> Bool {
            switch self {
            case .all: true
            case .exactly(let own): text.count == own.count && Self.isEqual(text, own)
            case .startingWith(let own):
                text.count >= own.count && Self.isEqual(UnsafeRawBufferPointer(rebasing: text.prefix(own.count)), own)
            case .endingWith(let own):
                text.count >= own.count && Self.isEqual(UnsafeRawBufferPointer(rebasing: text.suffix(own.count)), own)
            }
        }

        /// Compares as many bytes as `b` has; both must have as many.
        private static func isEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
            guard let first = a.baseAddress, let second = b.baseAddress else { return b.isEmpty }
            return memcmp(first, second, b.count) == 0
        }
    }

    let allows: Bool
    let transports: Transports
    let directions: Directions
    /// Of TCP and UDP.
    let range: AddressRange
    let ports: ClosedRange<UInt16>
    /// Of names and Unix-domain sockets.
    let pattern: Pattern
    /// The rule as it was written.
    let text: UnsafeRawBufferPointer

    @inline(__always)
    func matches(
        _ direction: NetworkDirection, _ transport: NetworkProtocol, _ endpoint: NetworkEndpoint
    ) -> Bool {
        transports.contains(transport) && directions.contains(direction) && ports.contains(endpoint.port)
            && range.contains(endpoint)
    }

    func matches(_ direction: NetworkDirection, path: UnsafeRawBufferPointer) -> Bool {
        transports.contains(.unix) && directions.contains(direction) && pattern.matches(path)
    }

    func matches(name: UnsafeRawBufferPointer) -> Bool {
        transports.contains(.dns) && pattern.matches(name)
    }
}
