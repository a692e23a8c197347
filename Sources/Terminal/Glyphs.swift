/// Every symbol that is drawn, in a form for UTF-8 terminals and one in ASCII, of the same width.
package struct Glyphs: Sendable {
    package let isUTF8: Bool

    private init(isUTF8: Bool) {
        self.isUTF8 = isUTF8
    }

    package static let utf8 = Glyphs(isUTF8: true)
    package static let ascii = Glyphs(isUTF8: false)

    package var horizontal: Unicode.Scalar { isUTF8 ? "─" : "-" }
    package var vertical: Unicode.Scalar { isUTF8 ? "│" : "|" }
    package var topLeft: Unicode.Scalar { isUTF8 ? "┌" : "+" }
    package var topRight: Unicode.Scalar { isUTF8 ? "┐" : "+" }
    package var bottomLeft: Unicode.Scalar { isUTF8 ? "└" : "+" }
    package var bottomRight: Unicode.Scalar { isUTF8 ? "┘" : "+" }
    package var teeDown: Unicode.Scalar { isUTF8 ? "┬" : "+" }
    package var teeUp: Unicode.Scalar { isUTF8 ? "┴" : "+" }
    package var teeRight: Unicode.Scalar { isUTF8 ? "├" : "+" }
    package var teeLeft: Unicode.Scalar { isUTF8 ? "┤" : "+" }
    package var cross: Unicode.Scalar { isUTF8 ? "┼" : "+" }
    /// The row under the cursor.
    package var pointer: Unicode.Scalar { isUTF8 ? "▶" : ">" }
    /// Fills the line that stands for lost records.
    package var gap: Unicode.Scalar { isUTF8 ? "╌" : "~" }
    /// Stands where text was cut.
    package var cut: Unicode.Scalar { isUTF8 ? "…" : "~" }
    package var ascending: Unicode.Scalar { isUTF8 ? "▲" : "^" }
    package var descending: Unicode.Scalar { isUTF8 ? "▼" : "v" }
    package var left: Unicode.Scalar { isUTF8 ? "◀" : "<" }
    package var up: Unicode.Scalar { isUTF8 ? "▲" : "^" }
    package var down: Unicode.Scalar { isUTF8 ? "▼" : "v" }
    /// A full and an empty part of a bar.
    package var block: Unicode.Scalar { isUTF8 ? "█" : "#" }
    package var noBlock: Unicode.Scalar { isUTF8 ? "░" : "." }
    /// On a line of time: something was told, something would have been, nothing was there.
    package var told: Unicode.Scalar { isUTF8 ? "●" : "*" }
    package var untold: Unicode.Scalar { isUTF8 ? "○" : "o" }
    package var idle: Unicode.Scalar { isUTF8 ? "·" : "_" }
    /// On a line of time: something new came.
    package var edge: Unicode.Scalar { isUTF8 ? "╿" : "^" }
    /// An item on a list.
    package var listed: Unicode.Scalar { isUTF8 ? "▷" : ">" }
    /// It was done, it was not done, and where it came to an end.
    package var yes: Unicode.Scalar { isUTF8 ? "✔" : "+" }
    package var no: Unicode.Scalar { isUTF8 ? "✗" : "x" }
    package var stopped: Unicode.Scalar { isUTF8 ? "■" : "#" }
    /// A line down that is a guess.
    package var dotted: Unicode.Scalar { isUTF8 ? "┊" : ":" }
    /// Beside lines of a trace: the call led to another one further down, one further up led to it.
    package func arrow(from isCause: Bool, to isEffect: Bool) -> String {
        switch (isCause, isEffect) {
        case (true, true): isUTF8 ? "├▶" : "+>"
        case (true, false): isUTF8 ? "┌▶" : ",>"
        case (false, true): isUTF8 ? "└▶" : "`>"
        case (false, false): ""
        }
    }
    package static let arrowWidth = 2
    /// Before what stands in a tree: for it and each one above it but the root, whether another one follows below the same.
    package func tree(_ isFollowed: [Bool]) -> String {
        let (on, trunk) = isUTF8 ? ("├─", "│ ") : ("+-", "| ")
        let (last, nothing) = isUTF8 ? ("└─", "  ") : ("`-", "  ")
        let above = isFollowed.dropLast().map { $0 ? trunk : nothing }.joined()
        return above + (isFollowed.last.map { $0 ? on : last } ?? "")
    }
    package var more: Unicode.Scalar { isUTF8 ? "↓" : "v" }
    /// What a pipe's end is connected to, and which way the bytes go.
    package var to: String { isUTF8 ? "→" : "->" }
    package var from: String { isUTF8 ? "←" : "<-" }
    package var both: String { isUTF8 ? "⇄" : "<>" }
    package var times: String { isUTF8 ? "×" : "x" }
    package var micro: String { isUTF8 ? "µ" : "u" }
    /// Empty to full.
    package var ramp: [Unicode.Scalar] {
        isUTF8 ? [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : [" ", ".", ":", "-", "=", "+", "*", "#", "@"]
    }

    /// What takes the place of a character that an ASCII terminal cannot show.
    package static let replacement: Unicode.Scalar = "?"
}
