/// The rows of a table, filtered and in order.
struct TableRows {
    let count: Int
    /// Columns at the left that stay when the others are scrolled.
    var fixedWidth = 0
    let id: (Int) -> RowID
    let line: (Int) -> StyledLine

    func index(of id: RowID) -> Int? { (0..<count).first { self.id($0) == id } }

    /// The cursor's row; the row where it was when its object is no longer there.
    func cursorRow(_ list: ListState) -> Int? {
        guard count > 0 else { return nil }
        if let cursor = list.cursor, let row = index(of: cursor) { return row }
        return min(list.cursorRow, count - 1)
    }

    /// Puts the cursor on a row that exists and the view around it.
    func settle(_ list: inout ListState, height: Int) {
        guard let row = cursorRow(list) else {
            list.top = 0
            return
        }
        place(row, &list, height: height)
    }

    func move(_ list: inout ListState, _ movement: Movement, height: Int) {
        guard let row = cursorRow(list) else { return }
        let target =
            switch movement {
            case .lines(let count): row + count
            case .pages(let count): row + count * max(height - 1, 1)
            case .halfPages(let count): row + count * max(height / 2, 1)
            case .first: 0
            case .last: count - 1
            }
        place(min(max(target, 0), count - 1), &list, height: height)
    }

    /// The next row from the cursor whose text matches; the search wraps round at the ends.
    func find(_ matcher: TextMatcher, _ list: inout ListState, forward: Bool, height: Int) -> SearchOutcome {
        guard let row = cursorRow(list) else { return .notFound }
        for step in 1...count {
            let index = (row + (forward ? step : count - step)) % count
            guard matcher.matches(line(index).text) else { continue }
            place(index, &list, height: height)
            let wrapped = forward ? index <= row : index >= row
            return wrapped ? .wrapped : .found
        }
        return .notFound
    }

    private func place(_ row: Int, _ list: inout ListState, height: Int) {
        list.cursor = id(row)
        list.cursorRow = row
        let lowest = max(row - max(height, 1) + 1, 0)
        list.top = min(max(list.top, lowest), row)
        list.top = min(list.top, max(count - height, 0))
    }
}

enum SearchOutcome: Sendable, Equatable {
    case found
    /// Found after the search went on at the other end.
    case wrapped
    case notFound
    /// Not found within the lines that one key may search.
    case gaveUp(lines: Int)
}
