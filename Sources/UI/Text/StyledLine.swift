import Terminal

/// A piece of text in one style. Its text is safe to draw: guest strings were cleaned when it was made.
package struct Span: Sendable, Hashable {
    package var text: String
    package var style: Style

    package init(_ text: String, _ style: Style = .text) {
        self.text = text
        self.style = style
    }
}

/// One line of a pane.
package struct StyledLine: Sendable, Hashable {
    package private(set) var spans: [Span] = []

    package init() {}

    package init(_ text: String, _ style: Style = .text) {
        spans = [Span(text, style)]
    }

    init(_ spans: [Span]) {
        self.spans = spans
    }

    package var text: String { spans.reduce(into: "") { $0 += $1.text } }
    package var width: Int { spans.reduce(0) { $0 + TextWidth.of($1.text) } }

    package mutating func add(_ text: String, _ style: Style = .text) {
        if !text.isEmpty { spans.append(Span(text, style)) }
    }

    package mutating func add(_ role: Role, _ text: String) { add(text, Style(role)) }

    package mutating func add(_ line: StyledLine) { spans += line.spans }

    /// Adds all of `line`, or nothing when that would be longer than `limit`.
    mutating func add(_ line: StyledLine, ifFits limit: Int) {
        if width + line.width <= limit { add(line) }
    }

    func adding(_ line: StyledLine) -> StyledLine {
        var result = self
        result.add(line)
        return result
    }

    mutating func pad(to width: Int) {
        let missing = width - self.width
        if missing > 0 { add(String(repeating: " ", count: missing)) }
    }

    /// Exactly `width` columns: cut with a sign, or filled up on the side that `alignment` leaves free.
    func fitted(_ width: Int, _ alignment: Alignment, cut: Unicode.Scalar) -> StyledLine {
        let own = self.width
        var result = StyledLine()
        if own > width {
            guard width > 0 else { return result }
            var left = width - 1
            for span in spans where left > 0 {
                let part = TextWidth.prefix(span.text, columns: left)
                result.add(String(part), span.style)
                left -= TextWidth.of(String(part))
                if part.endIndex < span.text.endIndex { break }
            }
            result.pad(to: width - 1)
            result.add(String(Character(cut)), Style(.faint))
            return result
        }
        if alignment == .right { result.add(String(repeating: " ", count: width - own)) }
        result.add(self)
        result.pad(to: width)
        return result
    }

    func emphasized(_ emphasis: Emphasis) -> StyledLine {
        var result = self
        for index in result.spans.indices { result.spans[index].style.emphasis.formUnion(emphasis) }
        return result
    }

    /// The same text all in one role, for rows of what is closed or has ended.
    func inRole(_ role: Role) -> StyledLine {
        var result = self
        for index in result.spans.indices { result.spans[index].style = Style(role) }
        return result
    }

    enum Alignment: Sendable { case left, right }
}

extension Canvas {
    /// Draws `line` with its first column at `x`; what lies outside of `columns` is cut.
    @discardableResult
    mutating func put(_ line: StyledLine, x: Int, y: Int, within columns: Range<Int>) -> Int {
        var column = x
        for span in line.spans { column = put(span.text, x: column, y: y, within: columns, span.style) }
        return column
    }
}
