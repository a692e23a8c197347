/// The family of a socket, and the tag of every address.
public struct AddressFamily: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let unspecified = AddressFamily(rawValue: 0)
    public static let inet4 = AddressFamily(rawValue: 1)
    public static let inet6 = AddressFamily(rawValue: 2)
    public static let unix = AddressFamily(rawValue: 3)
}

/// How a socket carries data.
public struct SockType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let stream = SockType(rawValue: 1)
    public static let datagram = SockType(rawValue: 2)
    public static let raw = SockType(rawValue: 3)
    public static let seqpacket = SockType(rawValue: 4)

    /// What it stands for in a family: a raw Unix-domain socket carries datagrams (Linux: unix_create).
    public func meaning(in family: AddressFamily) -> SockType { family == .unix && self == .raw ? .datagram : self }
}

/// An IP protocol number. `ip` asks for the default of the type.
public struct SockProto: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let ip = SockProto(rawValue: 0)
    public static let icmp = SockProto(rawValue: 1)
    public static let igmp = SockProto(rawValue: 2)
    public static let ipip = SockProto(rawValue: 4)
    public static let tcp = SockProto(rawValue: 6)
    public static let egp = SockProto(rawValue: 8)
    public static let pup = SockProto(rawValue: 12)
    public static let udp = SockProto(rawValue: 17)
    public static let idp = SockProto(rawValue: 22)
    public static let dccp = SockProto(rawValue: 33)
    public static let ipv6 = SockProto(rawValue: 41)
    public static let routing = SockProto(rawValue: 43)
    public static let fragment = SockProto(rawValue: 44)
    public static let rsvp = SockProto(rawValue: 46)
    public static let gre = SockProto(rawValue: 47)
    public static let esp = SockProto(rawValue: 50)
    public static let ah = SockProto(rawValue: 51)
    public static let icmpv6 = SockProto(rawValue: 58)
    public static let none = SockProto(rawValue: 59)
    public static let dstopts = SockProto(rawValue: 60)
    public static let mtp = SockProto(rawValue: 92)
    public static let beetph = SockProto(rawValue: 94)
    public static let encap = SockProto(rawValue: 98)
    public static let pim = SockProto(rawValue: 103)
    public static let comp = SockProto(rawValue: 108)
    public static let sctp = SockProto(rawValue: 132)
    public static let mh = SockProto(rawValue: 135)
    public static let udplite = SockProto(rawValue: 136)
    public static let mpls = SockProto(rawValue: 137)
    public static let ethernet = SockProto(rawValue: 143)
    public static let raw = SockProto(rawValue: 255)
    public static let mptcp = SockProto(rawValue: 262)
    public static let max = SockProto(rawValue: 263)
}

/// How far a socket has come.
public struct SockStatus: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Fresh or connecting.
    public static let opening = SockStatus(rawValue: 0)
    public static let opened = SockStatus(rawValue: 1)
    public static let closed = SockStatus(rawValue: 2)
    public static let failed = SockStatus(rawValue: 3)
}
