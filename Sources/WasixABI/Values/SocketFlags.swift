/// How to receive.
public struct RiFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let peek = RiFlags(rawValue: 1)
    public static let waitAll = RiFlags(rawValue: 2)
    public static let dataTruncated = RiFlags(rawValue: 4)
    public static let dontWait = RiFlags(rawValue: 8)
}

/// What came along with received data.
public struct RoFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let dataTruncated = RoFlags(rawValue: 1)
}

/// How to send.
public struct SiFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let dontWait = SiFlags(rawValue: 1)
}

/// Which directions to shut down.
public struct SdFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let read = SdFlags(rawValue: 1)
    public static let write = SdFlags(rawValue: 2)
}

/// How a virtual network link is to be protected.
public struct StreamSecurity: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let unencrypted = StreamSecurity(rawValue: 1)
    public static let any = StreamSecurity(rawValue: 2)
    public static let classic = StreamSecurity(rawValue: 4)
    public static let double = StreamSecurity(rawValue: 8)
}
