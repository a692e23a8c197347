/// A frame of cells to draw on. Everything is cut at its edges.
///
/// A control character never becomes a cell, even where a caller forgot to clean its text.
package struct Canvas: Sendable {
    package let size: Size
    /// Row by row.
    package private(set) var cells: [Cell]
    /// Where the terminal's cursor shall stand; none hides it.
    package var cursor: (x: Int, y: Int)?

    package init(size: Size) {
        self.size = size
        cells = Array(repeating: .blank, count: size.columns * size.rows)
    }

    /// The cell at a place, which must be inside.
    package subscript(x: Int, y: Int) -> Cell { cells[y * size.columns + x] }

    package func row(_ y: Int) -> ArraySlice<Cell> { cells[y * size.columns..<(y + 1) * size.columns] }

    /// Writes `text` from column `x` on and answers the column after it; nothing is drawn outside of `columns`.
    /// A wide character that would be cut in half becomes a space.
    @discardableResult
    package mutating func put(
        _ text: String, x: Int, y: Int, within columns: Range<Int>, _ style: Style = .text
    ) -> Int {
        guard y >= 0, y < size.rows else { return x }
        let columns = columns.clamped(to: 0..<size.columns)
        var column = x
        for scalar in text.unicodeScalars {
            if column >= columns.upperBound { break }
            column = put(scalar, x: column, y: y, within: columns, style)
        }
        return column
    }

    /// The same from the left edge to `limit`.
    @discardableResult
    package mutating func put(_ text: String, x: Int, y: Int, limit: Int, _ style: Style = .text) -> Int {
        put(text, x: x, y: y, within: 0..<max(limit, 0), style)
    }

    /// One scalar; answers the column after it.
    private mutating func put(
        _ scalar: Unicode.Scalar, x: Int, y: Int, within columns: Range<Int>, _ style: Style
    ) -> Int {
        let value = scalar.value
        var scalar = scalar
        var width = 1
        if value < 0x20 || value >= 0x7f {
            if value < 0xa0 { scalar = Glyphs.replacement } else { width = TextWidth.of(scalar) }
        }
        switch width {
        case 0:
            if scalar.properties.generalCategory != .format, columns.contains(x - 1) { combine(value, x: x - 1, y: y) }
        case 1:
            if columns.contains(x) { set(Cell(scalar, style), x: x, y: y) }
        default:
            if columns.contains(x), columns.contains(x + 1) {
                set(Cell(scalar, style), x: x, y: y)
                setSecondHalf(style, x: x + 1, y: y)
            } else {
                for half in x...x + 1 where columns.contains(half) { set(Cell(" ", style), x: half, y: y) }
            }
        }
        return x + width
    }

    /// Fills a part of a row.
    package mutating func fill(_ scalar: Unicode.Scalar, x: Int, y: Int, count: Int, _ style: Style = .text) {
        guard y >= 0, y < size.rows else { return }
        for column in max(x, 0)..<max(max(x, 0), min(x + count, size.columns)) {
            set(Cell(scalar, style), x: column, y: y)
        }
    }

    package mutating func fill(_ rect: Rect, _ style: Style = .text) {
        for y in rect.y..<rect.endY { fill(" ", x: rect.x, y: y, count: rect.width, style) }
    }

    /// Changes the look of what stands there already.
    package mutating func restyle(x: Int, y: Int, count: Int, _ change: (Style) -> Style) {
        guard y >= 0, y < size.rows else { return }
        for column in max(x, 0)..<max(max(x, 0), min(x + count, size.columns)) {
            let index = y * size.columns + column
            cells[index].style = change(cells[index].style)
        }
    }

    /// Overwriting half of a wide character blanks the other half.
    private mutating func set(_ cell: Cell, x: Int, y: Int) {
        guard x < size.columns else { return }
        let index = y * size.columns + x
        if cells[index].isContinuation, x > 0 { blank(index - 1) }
        blankSecondHalf(after: x, index: index)
        cells[index] = cell
    }

    private mutating func setSecondHalf(_ style: Style, x: Int, y: Int) {
        let index = y * size.columns + x
        blankSecondHalf(after: x, index: index)
        cells[index] = .continuation(style)
    }

    private mutating func blankSecondHalf(after x: Int, index: Int) {
        if x + 1 < size.columns, cells[index + 1].isContinuation { blank(index + 1) }
    }

    private mutating func blank(_ index: Int) { cells[index] = Cell(" ", cells[index].style) }

    private mutating func combine(_ mark: UInt32, x: Int, y: Int) {
        guard x >= 0, x < size.columns else { return }
        var index = y * size.columns + x
        if cells[index].isContinuation, x > 0 { index -= 1 }
        if cells[index].marks.0 == 0 {
            cells[index].marks.0 = mark
        } else if cells[index].marks.1 == 0 {
            cells[index].marks.1 = mark
        }
    }
}
