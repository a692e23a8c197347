import DequeModule
import Trace

/// Rates of two growing counts of each open file description over about a second.
struct ObjectRates {
    typealias Pair = (first: UInt64, second: UInt64)

    private struct Sample {
        var time: UInt64
        var counts: [ObjectID: Pair]
    }

    /// Sampled more coarsely than states are made: a sample of 10,000 descriptions is not free.
    private static let spacing: UInt64 = 250_000_000
    private static let kept = 5
    private var samples = Deque<Sample>()

    /// Rates from the oldest sample that knows the description to `counts` now; 0 for one that is new.
    func perSecond(_ object: ObjectID, _ counts: Pair, now: UInt64) -> (Double, Double) {
        guard let sample = samples.first(where: { $0.counts[object] != nil }), let old = sample.counts[object],
            now > sample.time
        else { return (0, 0) }
        let seconds = Double(now &- sample.time) / 1e9
        return (Double(counts.first &- old.first) / seconds, Double(counts.second &- old.second) / seconds)
    }

    /// Keeps `counts` when the last sample is old enough.
    mutating func add(at now: UInt64, _ counts: () -> [ObjectID: Pair]) {
        if let last = samples.last, now < last.time &+ Self.spacing { return }
        samples.append(Sample(time: now, counts: counts()))
        if samples.count > Self.kept { samples.removeFirst() }
    }
}
