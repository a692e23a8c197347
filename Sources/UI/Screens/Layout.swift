import Terminal

/// Which panes are on the screen, and where. Neighbours share their frame lines.
struct Layout {
    struct Place {
        let pane: Pane
        /// With the frame around it.
        let frame: Rect

        var content: Rect { frame.inset(left: 1, top: 1, right: 1, bottom: 1) }
    }

    let size: Size
    /// Rows at the top for the state of the guest: 0 to 3.
    let headerRows: Int
    /// Whether the function bar, the prompt or a message has the last row.
    let hasBar: Bool
    private(set) var panes: [Place] = []
    /// The parts of a lesson's screen, while that is shown; its text is the one pane.
    private(set) var lesson: LessonLayout?

    /// Columns from which on there is room for why, beside the panes.
    private static let wide = 160

    /// - Parameter hasFinding: something is wrong: wide screens say why beside the panes.
    init(view: ViewState, size: Size, glyphs: Glyphs, hasFinding: Bool) {
        self.size = size
        let most = size.rows >= 24 ? 3 : size.rows >= 14 ? 2 : size.rows >= 3 ? 1 : 0
        // These say themselves what the other lines would.
        headerRows = [.why, .explain, .lesson].contains(view.focus) ? min(most, 1) : most
        let needsLastRow = view.prompt != nil || !view.message.isEmpty
        hasBar = size.rows >= (needsLastRow ? 2 : 8) && (view.showsBar || needsLastRow)
        let body = Rect(
            x: 0, y: headerRows, width: size.columns, height: size.rows - headerRows - (hasBar ? 1 : 0))
        if view.focus == .lesson, let shown = view.lesson {
            let parts = LessonLayout(body, shown, glyphs: glyphs)
            lesson = parts
            panes = [Place(pane: .lesson, frame: parts.text)]
        } else if view.trail.isEmpty && view.focus.isOnMainScreen && !view.isZoomed {
            panes =
                hasFinding && body.width >= Self.wide && body.height >= 19
                ? Self.withWhy(body, view.focus)
                : Self.main(body, focus: view.focus)
        } else {
            panes = [Place(pane: view.focus, frame: body)]
        }
    }

    /// What there is no room for is left out in this order: Ready, then Fds beside Epoll, then all but the focused
    /// pane.
    private static func main(_ body: Rect, focus: Pane) -> [Place] {
        let isWide = body.width >= 80
        if isWide && body.height >= 19 { return full(body) }
        if isWide && body.height >= 13 { return withoutReady(body, focus) }
        if body.width >= 40 && body.height >= 15 { return stacked(body, focus) }
        return [Place(pane: focus, frame: body)]
    }

    private static func withWhy(_ body: Rect, _ focus: Pane) -> [Place] {
        let right = min(body.width * 2 / 5, 84)
        let left = Rect(x: body.x, y: body.y, width: body.width - right + 1, height: body.height)
        let why = Rect(x: left.endX - 1, y: body.y, width: right, height: body.height)
        return main(left, focus: focus) + [Place(pane: .why, frame: why)]
    }

    private static func full(_ body: Rect) -> [Place] {
        let spare = body.height - 20
        let top = 9 + max(spare, -1) / (spare > 0 ? 4 : 1)
        let ready = min(3 + max(spare, 0) / 4, body.height >= 46 ? 9 : 7)
        let readyY = body.y + top
        let traceY = readyY + ready
        let below = Rect(x: body.x, y: traceY, width: body.width, height: body.endY - traceY)
        return pair(body, height: top + 1) + [
            Place(pane: .ready, frame: Rect(x: body.x, y: readyY, width: body.width, height: ready + 1))
        ] + traceRow(below)
    }

    /// Very wide screens have room for the threads beside the trace.
    private static func traceRow(_ area: Rect) -> [Place] {
        guard area.width >= wide else { return [Place(pane: .trace, frame: area)] }
        let left = area.width - area.width * 2 / 5
        return [
            Place(pane: .trace, frame: Rect(x: area.x, y: area.y, width: left, height: area.height)),
            Place(
                pane: .threads,
                frame: Rect(x: area.x + left - 1, y: area.y, width: area.width - left + 1, height: area.height)),
        ]
    }

    /// The focused one of Ready and Trace is at the bottom.
    private static func withoutReady(_ body: Rect, _ focus: Pane) -> [Place] {
        let top = body.height / 2
        let below = Rect(x: body.x, y: body.y + top, width: body.width, height: body.height - top)
        return pair(body, height: top + 1) + [Place(pane: focus == .ready ? .ready : .trace, frame: below)]
    }

    private static func stacked(_ body: Rect, _ focus: Pane) -> [Place] {
        let part = body.height / 3
        let panes: [Pane] = [.fds, .epoll, focus == .ready ? .ready : .trace]
        return panes.enumerated().map { index, pane in
            let y = body.y + part * index
            let end = index == 2 ? body.endY : y + part + 1
            return Place(pane: pane, frame: Rect(x: body.x, y: y, width: body.width, height: end - y))
        }
    }

    private static func pair(_ body: Rect, height: Int) -> [Place] {
        let left = body.width / 2
        return [
            Place(pane: .fds, frame: Rect(x: body.x, y: body.y, width: left, height: height)),
            Place(
                pane: .epoll, frame: Rect(x: body.x + left - 1, y: body.y, width: body.width - left + 1, height: height)
            ),
        ]
    }
}
