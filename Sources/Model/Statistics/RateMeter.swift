/// Rates of two growing counts over the last half to one second.
struct RateMeter {
    private struct Sample {
        var time: UInt64
        var first: UInt64
        var second: UInt64
    }

    private static let spacing: UInt64 = 500_000_000
    private var older: Sample
    private var newer: Sample

    /// - Parameter now: CLOCK_MONOTONIC nanoseconds.
    init(_ first: UInt64, _ second: UInt64, now: UInt64) {
        newer = Sample(time: now, first: first, second: second)
        older = newer
    }

    /// Takes the counts as they are now.
    /// - Returns: growth a second; 0 at first.
    mutating func perSecond(_ first: UInt64, _ second: UInt64, now: UInt64) -> (Double, Double) {
        if now >= newer.time &+ Self.spacing {
            older = newer
            newer = Sample(time: now, first: first, second: second)
        }
        guard now > older.time else { return (0, 0) }
        let seconds = Double(now &- older.time) / 1e9
        return (Double(first &- older.first) / seconds, Double(second &- older.second) / seconds)
    }
}
