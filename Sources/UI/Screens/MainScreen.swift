import Diagnosis
import Model
import Terminal

/// The whole screen: a pure function of state, view and size. `Interaction.settle` comes before it.
enum MainScreen {
    /// - Parameter ready: contents made already; the others are made here.
    static func draw(
        _ live: ExaminedState, _ view: ViewState, size: Size, glyphs: Glyphs,
        ready: (Layout.Place) -> PaneContent? = { _ in nil }
    ) -> Canvas {
        var canvas = Canvas(size: size)
        let state = view.frozen ?? live
        let layout = Layout(view: view, size: size, glyphs: glyphs, hasFinding: !view.heard(state.examination).isEmpty)
        drawHeader(live, view, layout, glyphs, on: &canvas)
        if let help = view.help {
            let height = size.rows - layout.headerRows - (layout.hasBar ? 1 : 0)
            let body = Rect(x: 0, y: layout.headerRows, width: size.columns, height: height)
            HelpScreen.draw(view, help, on: &canvas, body: body, glyphs: glyphs)
        } else {
            drawPanes(state, view, layout, glyphs, ready, on: &canvas)
        }
        if layout.hasBar { BottomLine.draw(view, on: &canvas) }
        return canvas
    }

    private static func drawHeader(
        _ live: ExaminedState, _ view: ViewState, _ layout: Layout, _ glyphs: Glyphs, on canvas: inout Canvas
    ) {
        if view.focus == .lesson, let lesson = view.lesson, layout.headerRows > 0 {
            canvas.fill(" ", x: 0, y: 0, count: canvas.size.columns, Style(.header))
            let line = LessonHeader.line(lesson, live.examination.verdict, width: canvas.size.columns)
            canvas.put(line, x: 0, y: 0, within: 0..<canvas.size.columns)
            return
        }
        let header = HeaderLines(live: live, view: view, glyphs: glyphs, width: canvas.size.columns)
        for (y, line) in header.lines(layout.headerRows).enumerated() {
            if y == 0 { canvas.fill(" ", x: 0, y: 0, count: canvas.size.columns, Style(.header)) }
            canvas.put(line, x: 0, y: y, within: 0..<canvas.size.columns)
        }
    }

    private static func drawPanes(
        _ state: ExaminedState, _ view: ViewState, _ layout: Layout, _ glyphs: Glyphs,
        _ ready: (Layout.Place) -> PaneContent?, on canvas: inout Canvas
    ) {
        var frames = FrameLines(size: canvas.size)
        for place in layout.panes { frames.add(place.frame) }
        for frame in [layout.lesson?.source, layout.lesson?.state] { if let frame { frames.add(frame) } }
        let focused = layout.panes.first { $0.pane == view.focus }
        frames.draw(on: &canvas, glyphs: glyphs, focused: layout.panes.count > 1 ? focused?.frame : nil)
        drawLesson(state, view, layout, glyphs, on: &canvas)
        for place in layout.panes {
            let context = PaneContext(
                state, view: view, glyphs: glyphs, width: place.content.width, height: place.content.height)
            let content = ready(place) ?? Panes[place.pane].content(context)
            let list = view[list: place.pane]
            PaneFrame(content: content, filter: list.filter, glyphs: glyphs, isFocused: place.pane == view.focus)
                .draw(on: &canvas, in: place.frame)
            PaneBody(content: content, list: list, context: context)
                .draw(on: &canvas, in: place.content, isFocused: place.pane == view.focus)
        }
    }

    /// The source and the state that a lesson is about.
    private static func drawLesson(
        _ state: ExaminedState, _ view: ViewState, _ layout: Layout, _ glyphs: Glyphs, on canvas: inout Canvas
    ) {
        guard let lesson = view.lesson, let parts = layout.lesson else { return }
        func draw(_ frame: Rect?, _ content: (PaneContext) -> PaneContent) {
            guard let frame else { return }
            let area = frame.inset(left: 1, top: 1, right: 1, bottom: 1)
            let context = PaneContext(state, view: view, glyphs: glyphs, width: area.width, height: area.height)
            let content = content(context)
            PaneFrame(content: content, filter: "", glyphs: glyphs, isFocused: false).draw(on: &canvas, in: frame)
            PaneBody(content: content, list: ListState(), context: context)
                .draw(on: &canvas, in: area, isFocused: false)
        }
        draw(parts.source) { LessonSourceLines(lesson: lesson, context: $0).content }
        draw(parts.state) { LessonStateLines(lesson: lesson, context: $0).content }
    }
}
