import Terminal

extension StyledLine {
    /// In pieces of at most `width` columns, broken between words where there are any; a result stays with its sign
    /// (`= EAGAIN`). Pieces after the first are indented.
    func wrapped(_ width: Int, indent: Int = 4) -> [StyledLine] {
        guard self.width > width, width > indent else { return [self] }
        let letters = spans.flatMap { span in span.text.unicodeScalars.map { (scalar: $0, style: span.style) } }
        var lines: [StyledLine] = []
        var start = 0
        while start < letters.count {
            let indent = start == 0 ? "" : String(repeating: " ", count: indent)
            var end = start
            var room = width - indent.count
            while end < letters.count, TextWidth.of(letters[end].scalar) <= room {
                room -= TextWidth.of(letters[end].scalar)
                end += 1
            }
            // A piece takes one letter at least, or there would be no end.
            end = max(end, start + 1)
            if end < letters.count { end = Self.wordEnd(letters.map(\.scalar), start..<end) ?? end }
            var line = StyledLine(indent)
            for letter in letters[start..<end] { line.add(String(Character(letter.scalar)), letter.style) }
            lines.append(line.joined)
            start = end
            while start < letters.count, letters[start].scalar == " " { start += 1 }
        }
        return lines
    }

    /// The end of the last whole word in `range`, unless that would leave most of the line empty.
    private static func wordEnd(_ text: [Unicode.Scalar], _ range: Range<Int>) -> Int? {
        if text[range.upperBound] == " ", !isGlued(text, range.upperBound) { return range.upperBound }
        let half = range.lowerBound + range.count / 2
        return range.reversed().first { $0 > half && text[$0] == " " && !isGlued(text, $0) }
    }

    /// The space behind a `=` that stands alone, or the one behind an arrow.
    private static func isGlued(_ text: [Unicode.Scalar], _ space: Int) -> Bool {
        guard space > 1 else { return false }
        return text[space - 1] == "=" && text[space - 2] == " " || text[space - 1] == ">" && text[space - 2] == "-"
    }

    /// Neighbours of one style as one span.
    private var joined: StyledLine {
        var result: [Span] = []
        for span in spans {
            if let last = result.indices.last, result[last].style == span.style {
                result[last].text += span.text
            } else {
                result.append(span)
            }
        }
        return StyledLine(result)
    }
}
