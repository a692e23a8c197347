/// How lines of a trace tell when they were.
package enum TimeStyle: Sendable, Equatable {
    case none
    /// `-t`, `-tt`: 14:03:07.042401
    case clock(TimePrecision)
    /// `-ttt`: 1790000000.042401
    case epoch(TimePrecision)
    /// `-r`: seconds since the line before
    case relative(TimePrecision)
    /// Seconds since the guest started.
    case sinceStart(TimePrecision)
}

/// Digits behind the second, by the names that strace gives them.
package enum TimePrecision: String, Sendable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    package var digits: Int {
        switch self {
        case .seconds: 0
        case .milliseconds: 3
        case .microseconds: 6
        case .nanoseconds: 9
        }
    }
}
