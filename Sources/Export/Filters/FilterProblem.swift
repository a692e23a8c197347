/// What is wrong with a filter, and where.
package struct FilterProblem: Error, Equatable {
    /// One line without a full stop.
    package let message: String
    /// What the message is about, as offsets in characters of the filter's text; empty where something is missing.
    package let range: Range<Int>

    package init(_ message: String, _ range: Range<Int>) {
        self.message = message
        self.range = range
    }

    /// The text with marks below the wrong place: two lines of at most `width` characters. Where the text is longer, the
    /// part around the place, with `...` for what is left out; what would move the cursor is shown as a space.
    package func excerpt(of text: String, width: Int) -> (text: String, marks: String) {
        let characters = text.map { $0.isVisible ? $0 : " " }
        let width = max(width, 16)
        let place = min(range.lowerBound, characters.count)
        // One more than there are, for a mark behind the end.
        let isWhole = characters.count + 1 <= width
        let first = isWhole ? 0 : max(0, min(place - width / 2, characters.count + 1 - width))
        let last = isWhole ? characters.count : min(characters.count, first + width)
        var shown = Array(characters[first..<last])
        if first > 0 { shown.replaceSubrange(0..<3, with: "...") }
        if last < characters.count { shown.replaceSubrange((shown.count - 3)..., with: "...") }
        let end = min(max(range.upperBound, place + 1), max(last, place + 1))
        let marks = String(repeating: " ", count: place - first) + String(repeating: "^", count: end - place)
        return (String(shown), marks)
    }
}

extension Character {
    /// Whether it takes a place of its own in a line.
    fileprivate var isVisible: Bool { !unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) } }
}
