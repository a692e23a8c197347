import Terminal

/// The keys that work where the user is, from the key table; then what the columns mean.
enum HelpScreen {
    /// The rows that can be run, those that match what was typed.
    static func bindings(_ view: ViewState, _ help: ViewState.Help) -> [Binding] {
        let matcher = TextMatcher(help.query.string)
        return Keymap.help(for: view.focus).filter { matcher.matches($0.keyNames + " " + $0.meaning) }
    }

    static func draw(_ view: ViewState, _ help: ViewState.Help, on canvas: inout Canvas, body: Rect, glyphs: Glyphs) {
        canvas.fill(body)
        var frames = FrameLines(size: canvas.size)
        frames.add(body)
        frames.draw(on: &canvas, glyphs: glyphs, focused: body)
        let inner = body.height > 2 && body.width > 2 ? body.inset(left: 1, top: 1, right: 1, bottom: 1) : body
        canvas.put(" Keys in \(view.focus.name) ", x: body.x + 1, y: body.y, limit: body.endX - 1, Style(.title))
        let rows = lines(view, help)
        let cursor = bindings(view, help).isEmpty ? nil : help.row
        let top = min(max((cursor ?? 0) - inner.height / 2, 0), max(rows.count - inner.height, 0))
        for (row, line) in rows.dropFirst(top).prefix(inner.height).enumerated() {
            canvas.put(line, x: inner.x, y: inner.y + row, within: inner.x..<inner.endX)
            guard row + top == cursor else { continue }
            canvas.fill(glyphs.pointer, x: inner.x, y: inner.y + row, count: 1)
            canvas.restyle(x: inner.x, y: inner.y + row, count: inner.width) { _ in Style(.cursor) }
        }
    }

    private static func lines(_ view: ViewState, _ help: ViewState.Help) -> [StyledLine] {
        var lines = bindings(view, help).map { binding in
            var line = StyledLine(" ")
            line.add(StyledLine(binding.keyNames, Style(.keyName)).fitted(16, .left, cut: " "))
            line.add(" " + binding.meaning)
            return line
        }
        let legend = Panes[view.focus].traits?.legend ?? []
        guard help.query.string.isEmpty, !legend.isEmpty else { return lines }
        lines.append(StyledLine())
        lines.append(StyledLine(" Columns of \(view.focus.name)", Style(.title)))
        for column in legend {
            var line = StyledLine(" ")
            line.add(StyledLine(column.title, Style(.columnTitle)).fitted(16, .left, cut: " "))
            line.add(" " + column.meaning)
            lines.append(line)
        }
        return lines
    }
}
