import Histogram

/// Collects durations into a distribution of fixed size (18 KiB, two significant digits up to an hour).
struct LatencyRecorder {
    private static let highest: UInt64 = 3_600_000_000_000

    private var histogram = Histogram<UInt32>(
        highestTrackableValue: highest, numberOfSignificantValueDigits: .two)
    private var longest: UInt64 = 0
    private var isChanged = false
    private var lastSummary = LatencySummary()

    @inline(__always)
    mutating func record(_ nanoseconds: UInt64) {
        histogram.record(min(nanoseconds, Self.highest))
        if nanoseconds > longest { longest = nanoseconds }
        isChanged = true
    }

    /// Computed anew only when something was recorded since.
    mutating func summarize() -> LatencySummary {
        guard isChanged else { return lastSummary }
        isChanged = false
        lastSummary.count = histogram.totalCount
        lastSummary.p50 = min(histogram.valueAtPercentile(50), longest)
        lastSummary.p90 = min(histogram.valueAtPercentile(90), longest)
        lastSummary.p99 = min(histogram.valueAtPercentile(99), longest)
        lastSummary.max = longest
        return lastSummary
    }
}
