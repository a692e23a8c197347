import Terminal

/// Where the parts of a lesson's screen are: source and state side by side, the text below. Neighbours share their frame
/// lines.
struct LessonLayout {
    /// nil where there is no room for it.
    private(set) var source: Rect?
    private(set) var state: Rect?
    let text: Rect

    /// Rows of the upper half, frame included, at least; columns from which on source and state stand side by side.
    private static let leastUpper = 8
    private static let sideBySide = 64
    private static let stateWidth = 36

    init(_ body: Rect, _ lesson: LessonView, glyphs: Glyphs) {
        let width = max(body.width - 2, 1)
        let most = LessonText(lesson: lesson, glyphs: glyphs, width: width).mostLines
        // The frames share a line.
        let room = max(body.height - Self.leastUpper + 1, 0)
        let lower = min(most, max(room - 2, 0)) + 2
        let upper = body.height - lower + 1
        guard upper >= Self.leastUpper, body.height >= 14, body.width >= 24 else {
            text = body
            return
        }
        text = Rect(x: body.x, y: body.y + upper - 1, width: body.width, height: lower)
        guard body.width >= Self.sideBySide else {
            state = Rect(x: body.x, y: body.y, width: body.width, height: upper)
            return
        }
        let right = max(Self.stateWidth, body.width * 2 / 5)
        let left = body.width - right + 1
        source = Rect(x: body.x, y: body.y, width: left, height: upper)
        state = Rect(x: body.x + left - 1, y: body.y, width: right, height: upper)
    }
}
