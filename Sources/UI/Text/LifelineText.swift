import Diagnosis
import Model
import Terminal

/// A registration's last seconds in a line: `●▁····●▁····●▄▄▄▄▄▄`.
enum LifelineText {
    /// What was unread as blocks, reports as dots. Bytes that nobody will hear of stand out.
    static func line(_ row: ItemRow, width: Int, _ context: PaneContext) -> StyledLine {
        draw(row, width, context) { step in
            if step.isReported { return (context.glyphs.told, .good) }
            guard step.unread > 0 else { return (context.glyphs.idle, .faint) }
            let ramp = context.glyphs.ramp
            let level = 1 + Int(step.unread * Double(ramp.count - 2))
            let isEdge = row.item.mask.contains(.et) || row.item.mask.contains(.oneshot)
            return (ramp[min(level, ramp.count - 1)], isEdge && step.levelTells ? .blocked : .text)
        }
    }

    /// What the same registration would have been told, were it level-triggered.
    static func levelLine(_ row: ItemRow, width: Int, _ context: PaneContext) -> StyledLine {
        draw(row, width, context) { step in
            if step.isReported { return (context.glyphs.told, .good) }
            return step.levelTells ? (context.glyphs.untold, .attention) : (context.glyphs.idle, .faint)
        }
    }

    private static func draw(
        _ row: ItemRow, _ width: Int, _ context: PaneContext, _ look: (Lifelines.Step) -> (Unicode.Scalar, Role)
    ) -> StyledLine {
        var line = StyledLine()
        for step in context.examination.lifelines.steps(row.id, count: width, now: context.model.now) {
            let (scalar, role) = step.isKnown ? look(step) : (" ", .faint)
            line.add(role, String(Character(scalar)))
        }
        return line
    }
}
