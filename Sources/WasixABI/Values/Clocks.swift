/// A clock a guest can read.
package struct ClockID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let realtime = ClockID(rawValue: 0)
    package static let monotonic = ClockID(rawValue: 1)
    package static let processCPU = ClockID(rawValue: 2)
    package static let threadCPU = ClockID(rawValue: 3)
}

/// How a clock subscription states its time.
package struct SubclockFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let absoluteTime = SubclockFlags(rawValue: 1)
}
