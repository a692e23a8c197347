import Foundation

/// The result table: printed row by row, because a whole run takes minutes.
struct Table {
    private(set) var missed: [String] = []

    init() {
        cells(["what", "ours", "native", "ratio", "to reach", ""])
        cells(Array(repeating: "---", count: 6))
    }

    /// - Parameters:
    ///   - target: what to reach, in words.
    ///   - isReached: whether it was.
    mutating func row(
        _ what: String, _ comparison: Comparison, unit: String, target: String, isReached: Bool
    ) {
        cells([
            what, text(comparison.ours, unit), text(comparison.native, unit),
            String(format: "%.2f", comparison.ratio), target, verdict(isReached, what),
        ])
    }

    /// A row without a native side.
    mutating func row(_ what: String, _ value: Double, unit: String, target: String, isReached: Bool) {
        cells([what, text(value, unit), "", "", target, verdict(isReached, what)])
    }

    /// A part of a figure above, for information.
    func part(_ what: String, _ value: Double, unit: String) {
        cells([what, text(value, unit), "", "", "", ""])
    }

    /// Two sides without a target.
    func part(_ what: String, _ comparison: Comparison, unit: String) {
        cells([
            what, text(comparison.ours, unit), text(comparison.native, unit),
            String(format: "%.2f", comparison.ratio), "", "",
        ])
    }

    /// A row that could not be measured is a missed target, not an end.
    mutating func failed(_ what: String, _ error: Error) {
        missed.append(what)
        cells([what, "\(error)", "", "", "", "failed"])
    }

    private mutating func verdict(_ isReached: Bool, _ what: String) -> String {
        if !isReached { missed.append(what) }
        return isReached ? "yes" : "**no**"
    }

    private func text(_ value: Double, _ unit: String) -> String {
        String(format: value < 100 ? "%.1f %@" : "%.0f %@", value, unit)
    }

    private func cells(_ cells: [String]) {
        FileHandle.standardOutput.write(Data(("| " + cells.joined(separator: " | ") + " |\n").utf8))
    }
}
