import Terminal

/// Draws a pane's header, the rows in view and the footer.
struct PaneBody {
    let content: PaneContent
    let list: ListState
    let context: PaneContext

    func draw(on canvas: inout Canvas, in area: Rect, isFocused: Bool) {
        guard !area.isEmpty else { return }
        let columns = area.x..<area.endX
        var top = area.y
        if let header = content.header {
            put(header, on: &canvas, in: area, y: top)
            top += 1
        }
        for line in content.above {
            guard top < area.endY else { return }
            draw(line, on: &canvas, in: area, y: top)
            top += 1
        }
        let height = content.rowCount(height: area.height)
        for (index, line) in content.below.prefix(content.belowShown(area.height)).enumerated() {
            draw(line, on: &canvas, in: area, y: top + height + index)
        }
        let rows = Rect(x: area.x, y: top, width: area.width, height: height)
        if content.isEmpty {
            say(content.emptyText, on: &canvas, in: rows)
        } else {
            switch content.rows {
            case .table(let table): drawTable(table, on: &canvas, in: rows, isFocused: isFocused)
            case .stream(let stream): drawStream(stream, on: &canvas, in: rows, isFocused: isFocused)
            case .document(let document): drawDocument(document, on: &canvas, in: rows, isFocused: isFocused)
            }
        }
        for (index, line) in content.footer.enumerated() where top + height + index < area.endY {
            canvas.put(line, x: area.x, y: top + height + index, within: columns)
        }
    }

    private func drawTable(_ table: TableRows, on canvas: inout Canvas, in area: Rect, isFocused: Bool) {
        let cursor = table.cursorRow(list)
        for row in list.top..<max(list.top, min(list.top + area.height, table.count)) {
            let y = area.y + row - list.top
            draw(table.line(row), on: &canvas, in: area, y: y)
            if row == cursor { mark(on: &canvas, in: area, y: y, isFocused: isFocused) }
        }
    }

    private func drawDocument(_ document: DocumentRows, on canvas: inout Canvas, in area: Rect, isFocused: Bool) {
        for row in list.top..<max(list.top, min(list.top + area.height, document.count)) {
            let y = area.y + row - list.top
            let line = document.lines[row]
            draw(line, on: &canvas, in: area, y: y)
            if isFocused, line.spot != nil, line.spot == list.cursor {
                mark(on: &canvas, in: area, y: y, isFocused: true)
            }
        }
        let below = document.count - list.top - area.height
        guard below > 0, area.width > 24 else { return }
        let note = " \(below) more \(Character(context.glyphs.more)) "
        canvas.put(note, x: area.endX - TextWidth.of(note), y: area.endY, limit: area.endX, Style(.faint))
    }

    private func draw(_ line: DocumentRows.Line, on canvas: inout Canvas, in area: Rect, y: Int) {
        if let heading = line.heading {
            draw(heading, on: &canvas, in: area, y: y)
        } else {
            draw(line.text, on: &canvas, in: area, y: y)
        }
    }

    /// A line across the frame, with a title in it.
    private func draw(_ heading: DocumentRows.Heading, on canvas: inout Canvas, in area: Rect, y: Int) {
        let glyphs = context.glyphs
        canvas.fill(glyphs.horizontal, x: area.x, y: y, count: area.width, Style(.frame))
        canvas.fill(glyphs.teeRight, x: area.x - 1, y: y, count: 1, Style(.frame))
        canvas.fill(glyphs.teeLeft, x: area.endX, y: y, count: 1, Style(.frame))
        let end = canvas.put(" \(heading.title) ", x: area.x, y: y, limit: area.endX, Style(.columnTitle))
        let note = " \(heading.note) "
        guard !heading.note.isEmpty, end + TextWidth.of(note) < area.endX else { return }
        canvas.put(note, x: area.endX - TextWidth.of(note), y: y, limit: area.endX, Style(.faint))
    }

    private func drawStream(_ stream: StreamRows, on canvas: inout Canvas, in area: Rect, isFocused: Bool) {
        let visible = stream.visible(list, height: area.height)
        if visible.isEmpty { say(noneVisible, on: &canvas, in: area) }
        var lines: [(number: UInt64, parts: [StyledLine])] = visible.map { ($0, parts(stream.line($0), area.width)) }
        var total = lines.reduce(0) { $0 + $1.parts.count }
        // Wrapped lines take the place of the oldest, unless the cursor would go with them.
        while total > area.height, let first = lines.first, .number(first.number) != list.cursor {
            total -= first.parts.count
            lines.removeFirst()
        }
        var y = area.y
        for (number, parts) in lines {
            for part in parts where y < area.endY {
                draw(part, on: &canvas, in: area, y: y)
                let isCursor = RowID.number(number) == list.cursor
                // Enter acts on the newest line while the view follows it: it is marked, too.
                if isCursor, !list.isFollowing || isFocused && content.marksNewest {
                    mark(on: &canvas, in: area, y: y, isFocused: isFocused)
                }
                y += 1
            }
        }
    }

    private var noneVisible: String {
        list.filter.isEmpty ? content.emptyText : "No line with \(list.filter) among those looked at."
    }

    /// A sentence in place of rows, broken between words.
    private func say(_ text: String, on canvas: inout Canvas, in area: Rect) {
        var line = ""
        var y = area.y
        for word in text.split(separator: " ").map(String.init) + [""] {
            let isFull = TextWidth.of(line) + TextWidth.of(word) + 1 > area.width - 1
            if (isFull || word.isEmpty) && y < area.endY {
                canvas.put(line, x: area.x, y: y, within: area.x..<area.endX, Style(.faint))
                y += 1
                line = ""
            }
            line += " " + word
        }
    }

    /// The line as it is, or in pieces of the pane's width.
    private func parts(_ line: StyledLine, _ width: Int) -> [StyledLine] {
        context.view.wraps ? line.wrapped(width) : [line]
    }

    private func draw(_ line: StyledLine, on canvas: inout Canvas, in area: Rect, y: Int) {
        let columns = area.x..<area.endX
        put(line, on: &canvas, in: area, y: y)
        guard !list.search.isEmpty else { return }
        let text = line.text
        for range in TextMatcher(list.search).ranges(in: text) {
            let start = TextWidth.of(String(decoding: text.utf8.prefix(range.lowerBound), as: UTF8.self))
            let end = TextWidth.of(String(decoding: text.utf8.prefix(range.upperBound), as: UTF8.self))
            let shift = end > fixedWidth ? offset : 0
            let marked = (area.x - shift + start..<area.x - shift + end).clamped(to: columns)
            canvas.restyle(x: marked.lowerBound, y: y, count: marked.count) { _ in Style(.match) }
        }
    }

    /// Draws a line scrolled to the right by `offset`, except for the columns that stay.
    private func put(_ line: StyledLine, on canvas: inout Canvas, in area: Rect, y: Int) {
        let start = min(area.x + (offset > 0 ? fixedWidth : 0), area.endX)
        canvas.put(line, x: area.x - offset, y: y, within: start..<area.endX)
        if start > area.x { canvas.put(line, x: area.x, y: y, within: area.x..<start) }
    }

    /// Nothing is out of view on wrapped lines.
    private var offset: Int { context.view.wraps && content.isStream ? 0 : list.offset }

    private var fixedWidth: Int {
        switch content.rows {
        case .table(let table): table.fixedWidth
        case .stream(let stream): stream.fixedWidth
        case .document: 0
        }
    }

    /// Marks the row under the cursor: a sign in front, and the cursor's look for all cells but those whose role must
    /// stay visible (`Role.underCursor`).
    private func mark(on canvas: inout Canvas, in area: Rect, y: Int, isFocused: Bool) {
        let look = isFocused ? Role.cursor : .cursorElsewhere
        canvas.restyle(x: area.x, y: y, count: area.width) { Style($0.role.underCursor(look), $0.emphasis) }
        canvas.fill(context.glyphs.pointer, x: area.x, y: y, count: 1, Style(look))
    }
}
