import Model
import Trace
import WasixABI

/// What has become of registrations over the last seconds: what was unread, when something was reported, and when a
/// level-triggered registration would have been told. A fold over states; a value. Bounded.
package struct Lifelines: Sendable {
    /// Nanoseconds that are remembered.
    package static let span: UInt64 = 15_000_000_000
    /// Registrations that are followed, those of the first instances.
    private static let mostItems = 256

    /// How a registration was from an instant on.
    private struct Sample: Sendable {
        var at: UInt64
        var unread: UInt64
        /// CLOCK_MONOTONIC nanoseconds of the last report; 0 when there was none.
        var reportedAt: UInt64
        var levelTells: Bool

        func isLike(_ other: Sample) -> Bool {
            unread == other.unread && reportedAt == other.reportedAt && levelTells == other.levelTells
        }
    }

    /// A part of the time that is looked at.
    package struct Step: Sendable, Equatable {
        /// It was registered then, and somebody looked.
        package var isKnown = false
        /// The most that was unread, as a share of the most in all steps.
        package var unread = 0.0
        package var isReported = false
        /// A wait would have told of it, had it been level-triggered.
        package var levelTells = false
    }

    private var lines: [ItemRow.ID: [Sample]] = [:]

    package init() {}

    /// Takes the next state. States must come in order.
    package mutating func note(_ model: ModelState) {
        var kept: [ItemRow.ID: [Sample]] = [:]
        let rows = model.epolls.lazy.filter { !$0.mark.isClosed }.flatMap(\.items).filter { !$0.mark.isClosed }
        for row in rows.prefix(Self.mostItems) {
            var samples = lines[row.id] ?? []
            let sample = Self.sample(row, at: model.now)
            if !(samples.last?.isLike(sample) ?? false) { samples.append(sample) }
            // One from before the time stays: it says how the time began.
            let start = model.now > Self.span ? model.now - Self.span : 0
            let old = samples.prefix { $0.at < start }.count
            if old > 1 { samples.removeFirst(old - 1) }
            kept[row.id] = samples
        }
        lines = kept
    }

    private static func sample(_ row: ItemRow, at now: UInt64) -> Sample {
        let isReadable = row.item.ready.contains(.in)
        return Sample(
            at: now, unread: row.unread ?? (isReadable ? 1 : 0), reportedAt: row.item.lastReportedAt,
            levelTells: row.item.levelWouldReport)
    }

    /// The time up to `now` in equal parts, oldest first. Parts begin at whole multiples of their length, so that what is
    /// drawn moves by a column at a time.
    package func steps(_ id: ItemRow.ID, count: Int, now: UInt64) -> [Step] {
        guard count > 0 else { return [] }
        var steps = Array(repeating: Step(), count: count)
        guard let samples = lines[id] else { return steps }
        let length = Self.span / UInt64(count)
        let newest = now / length
        var unread = Array(repeating: UInt64(0), count: count)
        /// The step that an instant lies in; nil for one before the first.
        func step(of moment: UInt64) -> Int? {
            let back = newest - min(moment / length, newest)
            return back < UInt64(count) ? count - 1 - Int(back) : nil
        }
        for (index, sample) in samples.enumerated() {
            let end = index + 1 < samples.count ? step(of: samples[index + 1].at) ?? -1 : count - 1
            let first = step(of: sample.at) ?? 0
            for place in first..<max(end + 1, first) where end >= 0 {
                steps[place].isKnown = true
                unread[place] = max(unread[place], sample.unread)
                steps[place].levelTells = steps[place].levelTells || sample.levelTells
            }
            if sample.reportedAt > 0, let place = step(of: sample.reportedAt) {
                steps[place].isReported = true
                steps[place].isKnown = true
            }
        }
        let most = unread.max() ?? 0
        if most > 0 { for place in steps.indices { steps[place].unread = Double(unread[place]) / Double(most) } }
        return steps
    }
}
