import Model
import Terminal

extension Interaction {
    mutating func handle(_ key: Key, _ prompt: ViewState.Prompt, _ model: ModelState) -> [Reaction] {
        switch prompt {
        case .confirmQuit:
            view.prompt = nil
            return [.character("y"), .character("Y"), .enter, .control("c")].contains(key) ? [.quit] : []
        case .filter(let editor): handleFilter(key, editor)
        case .search(let editor, let before): handleSearch(key, editor, before, model)
        case .input(let editor): return handleInput(key, editor)
        }
        return []
    }

    /// The filter acts while it is typed.
    private mutating func handleFilter(_ key: Key, _ editor: LineEditor) {
        var editor = editor
        let pane = view.focus
        switch key {
        case .enter: view.prompt = nil
        case .escape, .control("c"):
            view.prompt = nil
            view[list: pane].filter = ""
        default:
            guard editor.handle(key) else { return }
            view.prompt = .filter(editor)
            view[list: pane].filter = editor.string
        }
    }

    /// The cursor goes to the first match while the pattern is typed.
    private mutating func handleSearch(
        _ key: Key, _ editor: LineEditor, _ before: ListState, _ model: ModelState
    ) {
        var editor = editor
        let pane = view.focus
        switch key {
        case .enter:
            view.prompt = nil
            if editor.string.isEmpty { find(forward: true, model) }
        case .escape, .control("c"):
            view.prompt = nil
            view[list: pane] = before
        default:
            guard editor.handle(key) else { return }
            view.prompt = .search(editor, before: before)
            view[list: pane] = before
            if !editor.string.isEmpty {
                view[list: pane].search = editor.string
                find(forward: true, model)
            }
        }
    }

    /// As a terminal in line mode: Enter sends the line, Ctrl-D what is there, or the end when there is nothing.
    private mutating func handleInput(_ key: Key, _ editor: LineEditor) -> [Reaction] {
        var editor = editor
        switch key {
        case .enter:
            view.prompt = .input(LineEditor())
            return [.input(Array(editor.string.utf8) + [0x0a])]
        case .control("d"):
            view.prompt = editor.string.isEmpty ? nil : .input(LineEditor())
            if editor.string.isEmpty {
                view.message = "end of file sent"
                return [.endInput]
            }
            return [.input(Array(editor.string.utf8))]
        case .escape, .control("c"): view.prompt = nil
        default: if editor.handle(key) { view.prompt = .input(editor) }
        }
        return []
    }

    mutating func handleHelp(_ key: Key, _ live: ModelState) -> [Reaction] {
        guard var help = view.help else { return [] }
        let rows = HelpScreen.bindings(view, help)
        defer { if view.help != nil { view.help = help } }
        switch key {
        case .escape where help.isTyping || !help.query.string.isEmpty:
            help.query = LineEditor()
            help.isTyping = false
            help.row = 0
        case .escape, .function(1), .function(10): view.help = nil
        case .control("c"): return [.quit]
        case .up: help.row = max(help.row - 1, 0)
        case .down: help.row = min(help.row + 1, max(rows.count - 1, 0))
        case .pageUp: help.row = max(help.row - 10, 0)
        case .pageDown: help.row = min(help.row + 10, max(rows.count - 1, 0))
        case .home: help.row = 0
        case .end: help.row = max(rows.count - 1, 0)
        case .enter:
            view.help = nil
            if rows.indices.contains(help.row) { return perform(rows[help.row].request, live) }
        default:
            if help.isTyping {
                if help.query.handle(key) { help.row = 0 }
                return []
            }
            switch key {
            case .character("/"), .character("\\"): help.isTyping = true
            case .character("q"), .character("?"), .backspace: view.help = nil
            case .character("k"): help.row = max(help.row - 1, 0)
            case .character("j"): help.row = min(help.row + 1, max(rows.count - 1, 0))
            default: break
            }
        }
        return []
    }
}
