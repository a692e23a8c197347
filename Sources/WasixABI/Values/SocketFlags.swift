/// How to receive.
package struct RiFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let peek = RiFlags(rawValue: 1)
    package static let waitAll = RiFlags(rawValue: 2)
    package static let dataTruncated = RiFlags(rawValue: 4)
    package static let dontWait = RiFlags(rawValue: 8)
}

/// What came along with received data.
package struct RoFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let dataTruncated = RoFlags(rawValue: 1)
}

/// How to send.
package struct SiFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let dontWait = SiFlags(rawValue: 1)
}

/// Which directions to shut down.
package struct SdFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let read = SdFlags(rawValue: 1)
    package static let write = SdFlags(rawValue: 2)
}

/// How a virtual network link is to be protected.
package struct StreamSecurity: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let unencrypted = StreamSecurity(rawValue: 1)
    package static let any = StreamSecurity(rawValue: 2)
    package static let classic = StreamSecurity(rawValue: 4)
    package static let double = StreamSecurity(rawValue: 8)
}
