import DequeModule

/// Rates of growing counts over a sliding window of about a second.
struct RateWindow {
    private struct Sample {
        var time: UInt64
        var counts: [UInt64]
    }

    private static let length: UInt64 = 1_000_000_000
    private var samples = Deque<Sample>()

    /// Adds the counts at `time` (nanoseconds); every call gives equally many.
    mutating func add(_ counts: [UInt64], at time: UInt64) {
        samples.append(Sample(time: time, counts: counts))
        while samples.count > 2, samples[1].time &+ Self.length <= time { samples.removeFirst() }
    }

    /// How much count `index` grew within the window.
    func growth(_ index: Int) -> UInt64 {
        guard let first = samples.first, let last = samples.last else { return 0 }
        return last.counts[index] &- first.counts[index]
    }

    /// Growth a second; 0 until there are two samples.
    func perSecond(_ index: Int) -> Double {
        guard let first = samples.first, let last = samples.last, last.time > first.time else { return 0 }
        return Double(growth(index)) / (Double(last.time &- first.time) / 1e9)
    }
}
