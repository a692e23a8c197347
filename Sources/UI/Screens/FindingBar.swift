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

    /// ` E01 fd 3 et-not-drained +1 ` in at most so many columns: the code and where, if there is no room for more.
    func short(_ width: Int, cut: Unicode.Scalar) -> StyledLine {
        let place = worst.fd.map { " fd \($0.rawValue)" } ?? worst.threads.first.map { " T\($0.rawValue)" } ?? ""
        let more = others > 0 ? " +\(others)" : ""
        let texts = [" \(worst.lint.code)\(place) \(worst.lint.name)\(more) ", " \(worst.lint.code)\(place)\(more) "]
        let text = texts.first { TextWidth.of($0) <= width } ?? " \(worst.lint.code)"
        return StyledLine(text).inRole(worst.lint.severity.barRole)
    }
}
