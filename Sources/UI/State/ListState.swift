/// The cursor and the scroll position in one pane's rows.
package struct ListState: Sendable {
    package var cursor: RowID?
    /// Tables: the row of the cursor when it was last seen, for when its object has gone.
    var cursorRow = 0
    /// Tables: the first row in view.
    var top = 0
    /// Streams: the last line in view.
    var bottom: UInt64?
    /// Streams: the view stays at the end as it grows.
    package var isFollowing = true
    /// Tables: the user has moved the cursor, which goes nowhere by itself from then on.
    var isMoved = false
    /// Columns scrolled to the right.
    package var offset = 0
    package var filter = ""
    package var search = ""
    /// Index of the sort order among those the pane offers; nil is the pane's own.
    package var sort: Int?
    package var isInverted = false
    /// The order of a table whose values change, kept for a while so that rows can be read.
    var heldOrder: HeldOrder?

    package init() {}
}

/// An order of rows at one instant.
struct HeldOrder: Sendable {
    /// Nanoseconds that an order stays.
    static let duration: UInt64 = 1_000_000_000

    let ranks: [RowID: Int]
    /// CLOCK_MONOTONIC nanoseconds.
    let since: UInt64

    /// New rows go last.
    func rank(_ id: RowID) -> Int { ranks[id] ?? .max }

    func isOver(at now: UInt64) -> Bool { now >= since &+ Self.duration || now < since }
}
