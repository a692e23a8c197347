/// The family of a socket, and the tag of every address.
package struct AddressFamily: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let unspecified = AddressFamily(rawValue: 0)
    package static let inet4 = AddressFamily(rawValue: 1)
    package static let inet6 = AddressFamily(rawValue: 2)
    package static let unix = AddressFamily(rawValue: 3)
}

/// How a socket carries data.
package struct SockType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let stream = SockType(rawValue: 1)
    package static let datagram = SockType(rawValue: 2)
    package static let raw = SockType(rawValue: 3)
    package static let seqpacket = SockType(rawValue: 4)
}

/// An IP protocol number. `ip` asks for the default of the type.
package struct SockProto: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let ip = SockProto(rawValue: 0)
    package static let icmp = SockProto(rawValue: 1)
    package static let igmp = SockProto(rawValue: 2)
    package static let ipip = SockProto(rawValue: 4)
    package static let tcp = SockProto(rawValue: 6)
    package static let egp = SockProto(rawValue: 8)
    package static let pup = SockProto(rawValue: 12)
    package static let udp = SockProto(rawValue: 17)
    package static let idp = SockProto(rawValue: 22)
    package static let dccp = SockProto(rawValue: 33)
    package static let ipv6 = SockProto(rawValue: 41)
    package static let routing = SockProto(rawValue: 43)
    package static let fragment = SockProto(rawValue: 44)
    package static let rsvp = SockProto(rawValue: 46)
    package static let gre = SockProto(rawValue: 47)
    package static let esp = SockProto(rawValue: 50)
    package static let ah = SockProto(rawValue: 51)
    package static let icmpv6 = SockProto(rawValue: 58)
    package static let none = SockProto(rawValue: 59)
    package static let dstopts = SockProto(rawValue: 60)
    package static let mtp = SockProto(rawValue: 92)
    package static let beetph = SockProto(rawValue: 94)
    package static let encap = SockProto(rawValue: 98)
    package static let pim = SockProto(rawValue: 103)
    package static let comp = SockProto(rawValue: 108)
    package static let sctp = SockProto(rawValue: 132)
    package static let mh = SockProto(rawValue: 135)
    package static let udplite = SockProto(rawValue: 136)
    package static let mpls = SockProto(rawValue: 137)
    package static let ethernet = SockProto(rawValue: 143)
    package static let raw = SockProto(rawValue: 255)
    package static let mptcp = SockProto(rawValue: 262)
    package static let max = SockProto(rawValue: 263)
}

/// How far a socket has come.
package struct SockStatus: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Fresh or connecting.
    package static let opening = SockStatus(rawValue: 0)
    package static let opened = SockStatus(rawValue: 1)
    package static let closed = SockStatus(rawValue: 2)
    package static let failed = SockStatus(rawValue: 3)
}
