import Terminal

/// Title, filter and note in a pane's upper frame line. A filter is never left out: rows that are missing need a
/// reason.
struct PaneFrame {
    /// Columns of a title that stay beside a filter.
    private static let shortTitle = 8

    let content: PaneContent
    let filter: String
    let glyphs: Glyphs
    let isFocused: Bool

    func draw(on canvas: inout Canvas, in frame: Rect) {
        guard frame.height > 1, frame.width > 4 else { return }
        let limit = frame.endX - 1
        let room = limit - frame.x - 1
        var title = StyledLine(" " + content.title + " ", Style(isFocused ? .title : .text))
        var shown = StyledLine(filter.isEmpty ? "" : " filter: \(filter) ", Style(.match))
        if title.width + shown.width > room {
            let least = min(Self.shortTitle, title.width)
            shown = shown.cut(max(room - least, room / 2), sign: glyphs.cut)
            title = title.cut(room - shown.width, sign: glyphs.cut)
        }
        var end = canvas.put(title, x: frame.x + 1, y: frame.y, within: 0..<limit)
        end = canvas.put(shown, x: end, y: frame.y, within: 0..<limit)
        let note = self.note(limit - end - 1)
        guard !note.isEmpty else { return }
        canvas.put(
            note, x: limit - TextWidth.of(note), y: frame.y, limit: limit, Style(isFocused ? .text : .faint))
    }

    /// As many of its parts as there is room for.
    private func note(_ room: Int) -> String {
        var parts = content.note.split(separator: "  ").map(String.init)
        while !parts.isEmpty {
            let note = " " + parts.joined(separator: "  ") + " "
            if TextWidth.of(note) <= room { return note }
            parts.removeLast()
        }
        return ""
    }
}

extension StyledLine {
    /// At most `width` columns, with a sign where something is missing.
    fileprivate func cut(_ width: Int, sign: Unicode.Scalar) -> StyledLine {
        self.width <= width ? self : fitted(max(width, 0), .left, cut: sign)
    }
}
