import Terminal

/// The last line of the screen: what is being typed, what the last key has to say, or the keys.
enum BottomLine {
    static func draw(_ view: ViewState, on canvas: inout Canvas) {
        let y = canvas.size.rows - 1
        canvas.fill(" ", x: 0, y: y, count: canvas.size.columns)
        if let help = view.help {
            let text = help.isTyping || !help.query.string.isEmpty ? "/" : "/ filters  Enter runs  Esc leaves"
            draw(text, help.isTyping ? help.query : LineEditor(help.query.string), on: &canvas, y: y, help.isTyping)
            return
        }
        switch view.prompt {
        case .filter(let line): draw(line, on: &canvas, y: y)
        case .search(let editor, _): draw("search: ", editor, on: &canvas, y: y, true)
        case .input(let editor):
            draw("INPUT (Enter sends, Ctrl-D ends it, Esc leaves): ", editor, on: &canvas, y: y, true)
        case .save(let editor, _): draw("write to: ", editor, on: &canvas, y: y, true)
        case .command(let line): draw(line, on: &canvas, y: y)
        case .confirmQuit:
            canvas.put(
                "The guest is still running. End it and quit? y/n", x: 0, y: y, limit: canvas.size.columns,
                Style(.prompt))
        case .confirmWhatIf(_, let question):
            canvas.put(
                "\(question)? This changes the guest. y/n", x: 0, y: y, limit: canvas.size.columns, Style(.prompt))
        case .confirmLesson(let name):
            canvas.put(
                "End the guest and start the lesson \(name)? y/n", x: 0, y: y, limit: canvas.size.columns,
                Style(.prompt))
        case nil:
            if view.message.isEmpty {
                FunctionBar.draw(view, on: &canvas, y: y)
            } else {
                canvas.put(view.message, x: 0, y: y, limit: canvas.size.columns, Style(.prompt))
            }
        }
    }

    /// With what is wrong with it, or could follow, at its end.
    private static func draw(_ line: CommandLine, on canvas: inout Canvas, y: Int) {
        draw(":", line.editor, on: &canvas, y: y, true)
        draw(note: line.note, behind: ":" + line.editor.string, on: &canvas, y: y)
    }

    private static func draw(note: String, behind text: String, on canvas: inout Canvas, y: Int) {
        guard !note.isEmpty else { return }
        let width = canvas.size.columns
        let start = min(TextWidth.of(text) + 3, max(width - TextWidth.of(note) - 1, width / 3))
        canvas.fill(" ", x: start - 1, y: y, count: width - start + 1)
        canvas.put(note, x: start, y: y, limit: width, Style(.prompt))
    }

    /// With marks above the wrong place of what is typed, or what could follow.
    private static func draw(_ line: FilterLine, on canvas: inout Canvas, y: Int) {
        let title = "filter: "
        draw(title, line.editor, on: &canvas, y: y, true)
        let width = canvas.size.columns
        guard y > 0, let problem = line.problem else {
            return draw(note: line.note, behind: title + line.editor.string, on: &canvas, y: y)
        }
        let text = line.editor.string
        let before = TextWidth.of(title) + TextWidth.of(String(text.prefix(problem.range.lowerBound)))
        let hidden = max(TextWidth.of(title) + line.editor.cursorColumn - (width - 1), 0)
        let column = min(max(before - hidden, 0), width - 1)
        let marks = String(repeating: "^", count: min(max(problem.range.count, 1), width - column))
        let message = TextWidth.of(problem.message)
        let isBehind = column + marks.count + 1 + message <= width || column < message + 1
        canvas.fill(" ", x: 0, y: y - 1, count: width)
        canvas.put(marks, x: column, y: y - 1, limit: width, Style(.attention))
        canvas.put(
            problem.message, x: isBehind ? column + marks.count + 1 : column - message - 1, y: y - 1, limit: width,
            Style(.prompt))
    }

    /// A long text scrolls so that its cursor is in view.
    private static func draw(_ title: String, _ editor: LineEditor, on canvas: inout Canvas, y: Int, _ hasCursor: Bool)
    {
        let width = canvas.size.columns
        let title =
            TextWidth.of(title) > width - 12 ? (title.split(separator: " ").first.map { $0 + " " } ?? "") : title
        let start = canvas.put(title, x: 0, y: y, limit: width, Style(.prompt))
        let hidden = max(start + editor.cursorColumn - (width - 1), 0)
        canvas.put(editor.string, x: start - hidden, y: y, within: min(start, width)..<width)
        if hasCursor { canvas.cursor = (min(start + editor.cursorColumn - hidden, max(width - 1, 0)), y) }
    }
}
