import Terminal

/// One line that is being typed: search, filter, the guest's input.
package struct LineEditor: Sendable {
    package private(set) var text: [Unicode.Scalar] = []
    /// Index in `text` of the scalar that the cursor is on; its end when the cursor is behind the text.
    package private(set) var position = 0

    package init(_ text: String = "") {
        self.text = Array(text.unicodeScalars)
        position = self.text.count
    }

    package var string: String { String(String.UnicodeScalarView(text)) }
    /// Columns before the cursor.
    package var cursorColumn: Int { text[..<position].reduce(0) { $0 + TextWidth.of($1) } }

    /// False for keys that do not edit.
    package mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar):
            text.insert(scalar, at: position)
            position += 1
        case .backspace:
            guard position > 0 else { return true }
            position -= 1
            text.remove(at: position)
        case .delete:
            if position < text.count { text.remove(at: position) }
        case .left: position = max(position - 1, 0)
        case .right: position = min(position + 1, text.count)
        case .home, .control("a"): position = 0
        case .end, .control("e"): position = text.count
        case .control("u"):
            text.removeFirst(position)
            position = 0
        case .control("k"): text.removeLast(text.count - position)
        case .control("w"): deleteWord()
        default: return false
        }
        return true
    }

    private mutating func deleteWord() {
        var start = position
        while start > 0, text[start - 1] == " " { start -= 1 }
        while start > 0, text[start - 1] != " " { start -= 1 }
        text.removeSubrange(start..<position)
        position = start
    }
}
