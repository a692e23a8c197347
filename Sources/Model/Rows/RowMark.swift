/// When a row came and when it went, so that screens can show both (new rows stand out, closed rows stay a while).
/// Times are CLOCK_MONOTONIC nanoseconds.
package struct RowMark: Sendable, Equatable {
    package var firstSeen: UInt64
    /// When it was first missing; nil while it is there.
    package var closedAt: UInt64?

    package init(firstSeen: UInt64, closedAt: UInt64? = nil) {
        self.firstSeen = firstSeen
        self.closedAt = closedAt
    }

    package var isClosed: Bool { closedAt != nil }

    /// It came within the last two seconds.
    package func isNew(at now: UInt64) -> Bool { !isClosed && now < firstSeen &+ 2_000_000_000 }
}
