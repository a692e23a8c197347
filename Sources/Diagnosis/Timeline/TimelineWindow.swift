import Model
import Trace

/// The part of the time that a timeline shows, in equal columns.
package struct TimelineWindow: Sendable, Equatable {
    /// Nanoseconds a column, the finest first.
    package static let scales: [UInt64] = {
        let steps: [UInt64] = [1, 2, 5]
        let decades: [UInt64] = [1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
        return decades.flatMap { decade in steps.map { $0 * decade } } + [1_000_000_000, 2_000_000_000]
    }()

    /// CLOCK_MONOTONIC nanoseconds at the left edge, a whole multiple of the scale, so that what is drawn moves by a column at
    /// a time.
    package let start: UInt64
    /// Nanoseconds a column.
    package let scale: UInt64
    package let columns: Int

    /// The columns up to and including the one of `last`.
    package init(endingAt last: UInt64, scale: UInt64, columns: Int) {
        self.scale = max(scale, 1)
        self.columns = max(columns, 1)
        let newest = last / self.scale
        start = newest >= UInt64(self.columns) ? (newest - UInt64(self.columns) + 1) * self.scale : 0
    }

    package var end: UInt64 { start &+ scale &* UInt64(columns) }

    /// The column of an instant; nil outside.
    package func column(_ instant: UInt64) -> Int? {
        instant >= start && instant < end ? Int((instant - start) / scale) : nil
    }

    /// The columns that an interval touches; nil when it lies outside.
    package func columns(_ from: UInt64, _ to: UInt64) -> ClosedRange<Int>? {
        guard to >= start, from < end, from <= to else { return nil }
        let first = from <= start ? 0 : Int((from - start) / scale)
        return first...min(Int((to - start) / scale), columns - 1)
    }

    /// The first entry that took effect at or after an instant, by its number.
    package static func first(in history: TraceHistory, from instant: UInt64, _ time: TraceTime) -> UInt64 {
        var low = history.range.lowerBound
        var high = history.range.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if history[middle].map({ time.monotonic($0.moment) < instant }) ?? true {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
