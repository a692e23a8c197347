/// The kinds of network use that rules distinguish.
public enum NetworkProtocol: UInt8, Sendable, CaseIterable {
    case tcp = 0
    case udp = 1
    /// Unix-domain sockets.
    case unix = 2
    /// Looking a name up.
    case dns = 3
}

/// Which side opens the connection.
public enum NetworkDirection: UInt8, Sendable, CaseIterable {
    /// The guest does: connect, send to, look up.
    case out = 0
    /// The other side does: bind, listen, accept, join a group.
    case `in` = 1
}

/// Why the sandbox refused a call: what its errno alone does not say. Plain data, written by the part of the kernel
/// that refuses; the reader of a trace makes text of it.
public struct CallNote: @unchecked Sendable {
    // Safe to share: the text behind `rule` never changes and is never freed.
    public enum Reason: UInt8, Sendable, CaseIterable {
        case none = 0
        /// The network was not granted at all.
        case noNetwork = 1
        /// No rule allows it: `transport`, `direction` and the address say what.
        case noRule = 2
        /// The rule in `rule` denies it.
        case deniedByRule = 3
        /// The path leads out of the directories that were granted.
        case outsideGrants = 4
        /// The descriptor does not have the right to it.
        case missingRight = 5
    }

    public var reason = Reason.none
    public var transport = NetworkProtocol.tcp
    public var direction = NetworkDirection.out
    /// 4 or 6, or 0 when there is no address.
    public var addressVersion: UInt8 = 0
    public var port: UInt16 = 0
    /// Octets in network order as they stand in memory; of an IPv4 address the first four.
    public var address: (UInt64, UInt64) = (0, 0)
    /// The text of a rule, which lives as long as the program.
    public var rule = UnsafeRawBufferPointer(start: nil, count: 0)

    public init(_ reason: Reason = .none) { self.reason = reason }
}

/// A note as the bytes of a payload chunk: offsets.
public enum CallNoteLayout {
    public static let reason = 0
    public static let transport = 1
    public static let direction = 2
    public static let addressVersion = 3
    /// u16
    public static let port = 4
    /// Sixteen octets.
    public static let address = 6
    /// The rule's text, to the end of the chunk.
    public static let rule = 22
    /// Bytes of a rule's text that are kept.
    public static let mostRule = 256
    /// Bytes of a whole note.
    public static let most = rule + mostRule
}
