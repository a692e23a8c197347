/// Where the user is in one pane's rows.
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
    /// Columns scrolled to the right.
    package var offset = 0
    package var filter = ""
    package var search = ""
    /// Index of the sort order among those the pane offers; nil is the pane's own.
    package var sort: Int?
    package var isInverted = false

    package init() {}
}
