import Diagnosis
import Model
import Terminal

/// What a thread was in over the last seconds, in a line: `eeee█eeeee█eeeeeeeeeee`.
enum LaneText {
    static func line(_ row: ThreadRow, width: Int, _ context: PaneContext) -> StyledLine {
        var line = StyledLine()
        for step in context.examination.lanes.steps(row.id, count: width, now: context.model.now) {
            line.add(step.map { role($0) } ?? .faint, step.map { String(Character(letter($0, context.glyphs))) } ?? " ")
        }
        return line
    }

    static let meaning = "█ works, e waits for events, r reads, w writes, f futex, z sleeps, j joins, o other waits"

    static func letter(_ occupation: Lanes.Occupation, _ glyphs: Glyphs) -> Unicode.Scalar {
        switch occupation {
        case .work: glyphs.block
        case .events: "e"
        case .read: "r"
        case .write: "w"
        case .futex: "f"
        case .sleep: "z"
        case .join: "j"
        case .other: "o"
        }
    }

    /// Colours mean state: at work, asleep by intent, waiting for others.
    static func role(_ occupation: Lanes.Occupation) -> Role {
        switch occupation {
        case .work: .good
        case .events, .sleep: .faint
        case .read, .write, .other: .text
        case .futex, .join: .blocked
        }
    }
}
