/// A clock a guest can read.
public struct ClockID: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let realtime = ClockID(rawValue: 0)
    public static let monotonic = ClockID(rawValue: 1)
    public static let processCPU = ClockID(rawValue: 2)
    public static let threadCPU = ClockID(rawValue: 3)
}

/// How a clock subscription states its time.
public struct SubclockFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public static let absoluteTime = SubclockFlags(rawValue: 1)
}
