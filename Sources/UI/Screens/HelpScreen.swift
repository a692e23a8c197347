import Terminal

/// The keys that work where the user is, from the key table; then what the columns and words mean.
enum HelpScreen {
    enum Row: Sendable {
        case binding(Binding)
        case term(word: String, meaning: String, Role)
        case heading(String)
        case gap

        /// The cursor goes over headings and gaps.
        var isText: Bool {
            switch self {
            case .binding, .term: true
            case .heading, .gap: false
            }
        }
    }

    private static let keyWidth = 16

    /// What matches `query`, with the headings of what is left.
    static func rows(_ view: ViewState, _ query: String) -> [Row] {
        let matcher = TextMatcher(query)
        let keys = Keymap.help(for: view.focus).filter {
            matcher.matches([$0.keyNames, $0.bar?.label ?? "", $0.meaning].joined(separator: " "))
        }
        let columns = (Panes[view.focus].traits?.legend ?? []).filter { matcher.matches($0.title + " " + $0.meaning) }
        let terms = Glossary.terms(view.focus).filter { matcher.matches($0.word + " " + $0.meaning) }
        let commands = CommandRow.all.filter {
            matcher.matches([$0.name, $0.arguments, $0.meaning].joined(separator: " "))
        }
        var rows = keys.map(Row.binding)
        if !commands.isEmpty {
            rows += [.gap, .heading("Commands with words; what keys do has commands, too")]
            rows += commands.map { .term(word: ":\($0.name)", meaning: "\($0.arguments): \($0.meaning)", .keyName) }
        }
        if !columns.isEmpty {
            rows += [.gap, .heading("Columns of \(view.focus.name)")]
            rows += columns.map { .term(word: $0.title, meaning: $0.meaning, .columnTitle) }
        }
        if !terms.isEmpty {
            rows += [.gap, .heading("Words in \(view.focus.name)")]
            rows += terms.map { .term(word: $0.word, meaning: $0.meaning, .object) }
        }
        return rows
    }

    /// The row that a movement by `step` text rows from `row` leads to.
    static func row(from row: Int, by step: Int, in rows: [Row]) -> Int {
        let stops = rows.indices.filter { rows[$0].isText }
        guard let last = stops.indices.last else { return 0 }
        let at = stops.lastIndex { $0 <= row } ?? 0
        return stops[min(max(at + step, 0), last)]
    }

    static func draw(_ view: ViewState, _ help: ViewState.Help, on canvas: inout Canvas, body: Rect, glyphs: Glyphs) {
        canvas.fill(body)
        var frames = FrameLines(size: canvas.size)
        frames.add(body)
        frames.draw(on: &canvas, glyphs: glyphs, focused: body)
        let inner = body.height > 2 && body.width > 2 ? body.inset(left: 1, top: 1, right: 1, bottom: 1) : body
        canvas.put(" Keys in \(view.focus.name) ", x: body.x + 1, y: body.y, limit: body.endX - 1, Style(.title))
        let rows = rows(view, help.query.string)
        if rows.isEmpty { canvas.put(" Nothing matches.", x: inner.x, y: inner.y, limit: inner.endX, Style(.faint)) }
        let cursor = row(from: help.row, by: 0, in: rows)
        let lines = rows.indices.flatMap { row in Self.lines(rows[row], inner.width).map { (row: row, text: $0) } }
        let first = lines.firstIndex { $0.row == cursor } ?? 0
        let top = min(max(first - inner.height / 2, 0), max(lines.count - inner.height, 0))
        for (index, line) in lines.dropFirst(top).prefix(inner.height).enumerated() {
            let y = inner.y + index
            canvas.put(line.text, x: inner.x, y: y, within: inner.x..<inner.endX)
            guard line.row == cursor, rows[cursor].isText else { continue }
            canvas.restyle(x: inner.x, y: y, count: inner.width) { _ in Style(.cursor) }
            if index + top == first { canvas.fill(glyphs.pointer, x: inner.x, y: y, count: 1, Style(.cursor)) }
        }
        let below = lines.count - top - inner.height
        guard below > 0, body.width > 24 else { return }
        let note = " \(below) more \(Character(glyphs.more)) "
        canvas.put(note, x: body.endX - 1 - TextWidth.of(note), y: body.endY - 1, limit: body.endX - 1, Style(.faint))
    }

    /// The lines of a row: a long meaning goes on below.
    private static func lines(_ row: Row, _ width: Int) -> [StyledLine] {
        let (word, meaning): (StyledLine, String)
        switch row {
        case .binding(let binding): (word, meaning) = (StyledLine(binding.keyNames, Style(.keyName)), binding.meaning)
        case .term(let text, let explanation, let role): (word, meaning) = (StyledLine(text, Style(role)), explanation)
        case .heading(let text): return [StyledLine(" " + text, Style(.title))]
        case .gap: return [StyledLine()]
        }
        let indent = keyWidth + 2
        let parts = StyledLine(meaning).wrapped(max(width - indent, 20), indent: 0)
        return parts.enumerated().map { index, part in
            var line = StyledLine(" ")
            line.add(index == 0 ? word.fitted(keyWidth, .left, cut: " ") : StyledLine())
            line.pad(to: indent)
            line.add(part)
            return line
        }
    }
}
