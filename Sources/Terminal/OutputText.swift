/// A line that a guest wrote, as a terminal would show it: tabs as spaces, and a carriage return goes back to the first
/// column. Everything else that a terminal obeys stands there as a visible escape.
package enum OutputText {
    private static let tabStop = 8

    package static func shown(_ line: [UInt8]) -> String {
        guard line.contains(where: { $0 == tab || $0 == carriageReturn }) else { return Sanitizer.clean(line) }
        var cells: [Character] = []
        for part in line.split(separator: carriageReturn, omittingEmptySubsequences: false) {
            var column = 0
            for (index, piece) in part.split(separator: tab, omittingEmptySubsequences: false).enumerated() {
                if index > 0 {
                    let next = (column / tabStop + 1) * tabStop
                    cells += repeatElement(" ", count: max(next - cells.count, 0))
                    column = next
                }
                for character in Sanitizer.clean(piece) {
                    if column < cells.count { cells[column] = character } else { cells.append(character) }
                    column += 1
                }
            }
        }
        return String(cells)
    }

    private static let tab = UInt8(ascii: "\t")
    private static let carriageReturn = UInt8(ascii: "\r")
}
