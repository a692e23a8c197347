import Terminal

/// Everything there is to draw in one frame.
struct PaneContent {
    enum Rows {
        case table(TableRows)
        case stream(StreamRows)
        case document(DocumentRows)
    }

    /// Left in the frame's upper edge.
    var title: String
    /// Right in the upper edge: parts with two spaces between them. Where room is short the last parts are left out.
    var note = ""
    /// Column titles.
    var header: StyledLine?
    var rows: Rows
    /// Lines that stay at the pane's lower edge.
    var footer: [StyledLine] = []
    /// Documents: lines with headings that stay above and below the rows.
    var above: [DocumentRows.Line] = []
    var below: [DocumentRows.Line] = []
    /// The text shown while there are no rows: why, and what the user can do.
    var emptyText = ""
    /// Streams: the newest line is under the cursor while the view follows it.
    var marksNewest = true

    var isStream: Bool {
        if case .stream = rows { true } else { false }
    }

    /// Rows left for `rows` when the frame holds `height` lines.
    func rowCount(height: Int) -> Int {
        max(height - (header == nil ? 0 : 1) - footer.count - above.count - belowShown(height), 0)
    }

    /// Where room is short what stands below gives way: the rows keep a few lines.
    func belowShown(_ height: Int) -> Int { height - above.count - below.count >= Self.leastRows ? below.count : 0 }

    private static let leastRows = 3

    var isEmpty: Bool {
        switch rows {
        case .table(let table): table.count == 0
        case .stream(let stream): stream.range.isEmpty
        case .document(let document): document.count == 0
        }
    }

    func settle(_ list: inout ListState, height: Int) {
        let height = rowCount(height: height)
        switch rows {
        case .table(let table): table.settle(&list, height: height)
        case .stream(let stream): stream.settle(&list, height: height)
        case .document(let document): document.settle(&list, height: height)
        }
    }

    func move(_ list: inout ListState, _ movement: Movement, height: Int) {
        let height = rowCount(height: height)
        switch rows {
        case .table(let table): table.move(&list, movement, height: height)
        case .stream(let stream): stream.move(&list, movement, height: height)
        case .document(let document): document.move(&list, movement, height: height)
        }
    }

    func find(_ matcher: TextMatcher, _ list: inout ListState, forward: Bool, height: Int) -> SearchOutcome {
        let height = rowCount(height: height)
        return switch rows {
        case .table(let table): table.find(matcher, &list, forward: forward, height: height)
        case .stream(let stream): stream.find(matcher, &list, forward: forward, height: height)
        case .document(let document): document.find(matcher, &list, forward: forward, height: height)
        }
    }
}
