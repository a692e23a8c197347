extension Canvas {
    /// One line a row, without trailing spaces.
    package var text: String {
        lines { cells in
            var line = ""
            for cell in cells where !cell.isContinuation {
                for value in [cell.scalar, cell.marks.0, cell.marks.1] where value != 0 {
                    line.unicodeScalars.append(Unicode.Scalar(value) ?? Glyphs.replacement)
                }
            }
            return line
        }
    }

    /// One letter a cell for its role (`Role.letter`), a space for a blank in the plain style.
    package var roles: String {
        lines { cells in String(cells.map { $0 == .blank ? " " : $0.style.role.letter }) }
    }

    private func lines(_ line: (ArraySlice<Cell>) -> String) -> String {
        (0..<size.rows).map { y in
            var text = line(row(y))
            while text.last == " " { text.removeLast() }
            return text
        }.joined(separator: "\n")
    }
}
