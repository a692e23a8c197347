import Diagnosis
import Terminal

/// The screen of a program that was given nothing to do: a list to choose from. A value; with a size it determines every cell.
package struct StartScreen {
    package enum Outcome: Sendable, Equatable {
        /// Stay.
        case none
        /// Run the program with these arguments.
        case run([String])
        case quit
    }

    private let menu: StartMenu
    private let version: String
    private var list = ListState()
    /// A module's path and arguments, while they are typed.
    private var typed: LineEditor?

    package init(_ menu: StartMenu, version: String) {
        self.menu = menu
        self.version = version
    }

    // MARK: keys

    package mutating func handle(_ key: Key, _ size: Size) -> Outcome {
        if typed != nil { return handleTyped(key) }
        let height = Self.rows(size).height - 2 - Self.footerRows
        let document = document(size.columns - 2, cut: " ")
        switch key {
        case .up, .character("k"): document.move(&list, .lines(-1), height: height)
        case .down, .character("j"): document.move(&list, .lines(1), height: height)
        case .pageUp: document.move(&list, .pages(-1), height: height)
        case .pageDown: document.move(&list, .pages(1), height: height)
        case .home, .character("g"): document.move(&list, .first, height: height)
        case .end, .character("G"): document.move(&list, .last, height: height)
        case .enter: if let item { return .run(item.arguments) }
        case .character("p"): if let item, item.canPause { return .run(item.arguments(isPaused: true)) }
        case .character("o"): typed = LineEditor()
        case .character("q"), .character("Q"), .escape, .control("c"), .function(10): return .quit
        default: break
        }
        return .none
    }

    private mutating func handleTyped(_ key: Key) -> Outcome {
        guard var editor = typed else { return .none }
        switch key {
        case .enter:
            let words = editor.string.split(separator: " ").map(String.init)
            typed = nil
            return words.isEmpty ? .none : .run(words)
        case .escape, .control("c"): typed = nil
        default: if editor.handle(key) { typed = editor }
        }
        return .none
    }

    // MARK: drawing

    package mutating func frame(_ size: Size, _ glyphs: Glyphs) -> Canvas {
        var canvas = Canvas(size: size)
        guard size.rows > 0 else { return canvas }
        let columns = 0..<size.columns
        canvas.fill(" ", x: 0, y: 0, count: size.columns, Style(.header))
        var title = StyledLine(" wasix-top ", Style(.header, .bold))
        title.add("\(version)  runs WASI and WASIX programs and shows what they wait for", Style(.header))
        canvas.put(title, x: 0, y: 0, within: columns)
        let frame = Self.rows(size)
        let area = frame.inset(left: 1, top: 1, right: 1, bottom: 1)
        var lines = FrameLines(size: size)
        lines.add(frame)
        lines.draw(on: &canvas, glyphs: glyphs, focused: nil)
        let document = document(area.width, cut: glyphs.cut)
        document.settle(&list, height: max(area.height - Self.footerRows, 0))
        let content = PaneContent(title: "Start", rows: .document(document), footer: [about, command])
        let view = ViewState(program: "", canType: false)
        let context = PaneContext(
            ExaminedState(), view: view, glyphs: glyphs, width: area.width, height: area.height)
        PaneFrame(content: content, filter: "", glyphs: glyphs, isFocused: true).draw(on: &canvas, in: frame)
        PaneBody(content: content, list: list, context: context).draw(on: &canvas, in: area, isFocused: true)
        drawKeys(on: &canvas)
        return canvas
    }

    private static func rows(_ size: Size) -> Rect {
        Rect(x: 0, y: 1, width: size.columns, height: max(size.rows - 2, 0))
    }

    private func drawKeys(on canvas: inout Canvas) {
        let y = canvas.size.rows - 1
        guard y > 0 else { return }
        var x = 0
        if let typed {
            x = canvas.put("module and arguments: ", x: 0, y: y, limit: canvas.size.columns, Style(.prompt))
            canvas.put(typed.string, x: x, y: y, limit: canvas.size.columns)
            canvas.cursor = (min(x + typed.cursorColumn, canvas.size.columns - 1), y)
            return
        }
        for (key, label) in [("Enter", "Start"), ("p", "Paused"), ("o", "Open a module"), ("q", "Quit")] {
            x = canvas.put(key, x: x, y: y, limit: canvas.size.columns, Style(.keyName))
            x = canvas.put(label, x: x, y: y, limit: canvas.size.columns, Style(.keyLabel)) + 1
        }
    }

    /// Lines at the lower edge of the list.
    private static let footerRows = 2

    /// The whole of what is cut in the list.
    private var about: StyledLine { StyledLine(" " + Sanitizer.clean(item?.about ?? ""), Style(.title)) }

    /// What Enter does, as a line for a shell.
    private var command: StyledLine {
        guard let item else { return StyledLine() }
        var line = StyledLine(" $ ", Style(.faint))
        line.add(.call, "wasix-top " + item.arguments.map(Sanitizer.clean).joined(separator: " "))
        return line
    }

    private func document(_ columns: Int, cut: Unicode.Scalar) -> DocumentRows {
        var document = DocumentRows()
        let width = menu.sections.flatMap(\.items).reduce(8) { max($0, TextWidth.of($1.name)) }
        for (section, group) in menu.sections.enumerated() {
            if section > 0 {
                document.addHeading(group.title)
            } else {
                document.add(StyledLine(" " + group.title, Style(.columnTitle)))
            }
            if group.items.isEmpty { document.add(StyledLine(" " + group.emptyText, Style(.faint))) }
            for (index, item) in group.items.enumerated() {
                var line = StyledLine(" ")
                line.add(StyledLine(Sanitizer.clean(item.name), Style(.object)).fitted(width, .left, cut: " "))
                line.add("  " + Sanitizer.clean(item.about))
                line = line.fitted(columns, .left, cut: cut)
                document.add(.init(line, spot: .spot(section: section, index: index)))
            }
        }
        return document
    }

    private var item: StartMenu.Item? {
        guard case .spot(let section, let index)? = list.cursor, menu.sections.indices.contains(section),
            menu.sections[section].items.indices.contains(index)
        else { return nil }
        return menu.sections[section].items[index]
    }
}
