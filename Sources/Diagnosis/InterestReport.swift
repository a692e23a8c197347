import Model
import Trace

/// What an interest list would report to a wait that looked now.
package struct InterestReport: Sendable, Equatable {
    /// In the order of registration.
    package var reported: [FdNumber] = []
    /// What it would report if every registration were level-triggered.
    package var underLevel: [FdNumber] = []
    /// Registrations that lose something, see `ItemVerdict.isSilenced`.
    package var silenced: [FdNumber] = []
    /// What is there and is not reported, with the reasons.
    package var unreported: [Unreported] = []

    /// - Parameter now: CLOCK_MONOTONIC nanoseconds of the snapshot that `row` is of.
    package init(_ row: EpollRow, at now: UInt64) {
        for item in row.items where !item.mark.isClosed {
            let verdict = ItemVerdict(item, at: now)
            if verdict.isReported { reported.append(item.item.fd) }
            if verdict.isSilenced { silenced.append(item.item.fd) }
            if item.item.levelWouldReport { underLevel.append(item.item.fd) }
            if let why = verdict.whyUnreported { unreported.append(why) }
        }
    }

    /// Attention only where something is lost. That level-triggered registrations would report more is no loss by
    /// itself: a healthy edge-triggered loop has room to write all the time.
    package var tone: Tone { silenced.isEmpty ? .faint : .attention }
}
