import Diagnosis
import Terminal

/// The worst finding in a line of its own, in the colour of its severity.
struct FindingBar {
    private let worst: Finding
    private let others: Int

    /// Nil when nothing was found.
    init?(_ findings: [Finding]) {
        guard let worst = findings.first else { return nil }
        self.worst = worst
        others = findings.count - 1
    }

    /// ` E01  fd 3 has 16 unread bytes and nobody will hear of it: …   +1 more   ! = why`, all of the width.
    func line(_ width: Int, cut: Unicode.Scalar) -> StyledLine {
        let more = others > 0 ? "  +\(others) more" : ""
        let tail = (width < 60 ? more : more + "  ! = why") + " "
        let room = max(width - TextWidth.of(tail), 0)
        let text = StyledLine(" \(worst.lint.code)  \(Sanitizer.clean(worst.text))")
        return text.fitted(room, .left, cut: cut).adding(StyledLine(tail)).fitted(width, .left, cut: cut)
            .inRole(worst.lint.severity.barRole)
    }

    /// `E01 fd 3 has 16 unread by…` in at most so many columns.
    func short(_ width: Int, cut: Unicode.Scalar) -> StyledLine {
        let more = others > 0 ? " +\(others)" : ""
        let text = StyledLine(" \(worst.lint.code) \(Sanitizer.clean(worst.text)) ")
        let room = max(width - more.count, 0)
        let fitting = text.width <= room ? text : text.fitted(room, .left, cut: cut)
        return fitting.adding(StyledLine(more)).inRole(worst.lint.severity.barRole)
    }
}
