import Model
import Terminal
import Trace

/// View 8: what the guest wrote to its standard output and error.
struct StdioPane: PaneView {
    let id = Pane.stdio
    let name = "Stdio"

    func content(_ context: PaneContext) -> PaneContent {
        let list = context.view[list: .stdio]
        let lines = context.model.output.lines
        func line(_ number: UInt64) -> StyledLine { Self.text(lines[Int(number)]) }
        let rows = StreamRows(
            range: UInt64(lines.range.lowerBound)..<UInt64(lines.range.upperBound), isIncluded: { _ in true },
            line: line, filter: .text(list.filter, line: line))
        return PaneContent(
            title: "8 Stdio", note: StreamNote.text(list, count: context.model.output.totalBytes, unit: "bytes"),
            rows: .stream(rows),
            emptyText: "The guest has written nothing. i types to its standard input.", marksNewest: false)
    }

    /// Standard error is marked with a `!`, what was typed with a `>`.
    private static func text(_ line: OutputLine) -> StyledLine {
        let (sign, role): (String, Role) =
            switch line.stream {
            case .output: (" ", .text)
            case .error: ("!", .softError)
            case .typed: (">", .faint)
            }
        return StyledLine(sign, Style(role)).adding(TerminalText.line(line.bytes, Style(role)))
    }
}
