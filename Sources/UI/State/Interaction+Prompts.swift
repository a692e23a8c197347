import Diagnosis
import Model
import Terminal

extension Interaction {
    mutating func handle(_ key: Key, _ prompt: ViewState.Prompt, _ live: ExaminedState) -> [Reaction] {
        switch prompt {
        case .confirmQuit:
            view.prompt = nil
            return [.character("y"), .character("Y"), .enter, .control("c")].contains(key) ? [.quit] : []
        case .confirmLesson(let name):
            view.prompt = nil
            return [.character("y"), .character("Y"), .enter].contains(key) ? [.start(lesson: name)] : []
        case .filter(let line): handleFilter(key, line)
        case .confirmWhatIf(let action, _):
            view.prompt = nil
            if [.character("y"), .character("Y")].contains(key) { return [.control(.act(action))] }
            view.message = "the guest is as it was"
        case .search(let editor, let before): handleSearch(key, editor, before, view.frozen ?? live)
        case .input(let editor): return handleInput(key, editor)
        case .save(let editor, let text): return handleSave(key, editor, text)
        case .command(let line): return handleCommand(key, line, live)
        }
        return []
    }

    /// The filter acts while it is typed; one that cannot be read changes nothing, and is not left with Enter.
    private mutating func handleFilter(_ key: Key, _ line: FilterLine) {
        var line = line
        line.note = ""
        let pane = view.focus
        switch key {
        case .enter:
            if line.problem == nil { view.prompt = nil }
            return
        case .escape, .control("c"):
            view.prompt = nil
            view[list: pane].filter = ""
            return
        case .tab: line.complete()
        default: guard line.editor.handle(key) else { return }
        }
        view.prompt = .filter(line)
        if line.problem == nil { view[list: pane].filter = line.editor.string }
    }

    /// The cursor goes to the first match while the pattern is typed.
    private mutating func handleSearch(
        _ key: Key, _ editor: LineEditor, _ before: ListState, _ state: ExaminedState
    ) {
        var editor = editor
        let pane = view.focus
        switch key {
        case .enter:
            view.prompt = nil
            if editor.string.isEmpty { find(forward: true, state) }
        case .escape, .control("c"):
            view.prompt = nil
            view[list: pane] = before
        default:
            guard editor.handle(key) else { return }
            view.prompt = .search(editor, before: before)
            view[list: pane] = before
            if !editor.string.isEmpty {
                view[list: pane].search = editor.string
                find(forward: true, state)
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

    private mutating func handleSave(_ key: Key, _ editor: LineEditor, _ text: String) -> [Reaction] {
        var editor = editor
        switch key {
        case .enter:
            view.prompt = nil
            return editor.string.isEmpty ? [] : [.save(text, to: editor.string)]
        case .escape, .control("c"): view.prompt = nil
        default: if editor.handle(key) { view.prompt = .save(editor, text: text) }
        }
        return []
    }

    mutating func handleHelp(_ key: Key, _ live: ExaminedState) -> [Reaction] {
        guard var help = view.help else { return [] }
        let rows = HelpScreen.rows(view, help.query.string)
        defer { if view.help != nil { view.help = help } }
        if let step = Self.helpStep(key, isTyping: help.isTyping) {
            help.row = HelpScreen.row(from: help.row, by: step, in: rows)
            return []
        }
        switch key {
        case .escape where help.isTyping || !help.query.string.isEmpty: help = ViewState.Help()
        case .escape, .function(1), .function(10): view.help = nil
        case .control("c"): return [.quit]
        case .enter:
            let row = HelpScreen.row(from: help.row, by: 0, in: rows)
            guard rows.indices.contains(row), case .binding(let binding) = rows[row] else { return [] }
            view.help = nil
            return perform(binding.request, live)
        case _ where help.isTyping: if help.query.handle(key) { help.row = 0 }
        case .character("/"), .character("\\"): help.isTyping = true
        case .character("q"), .character("?"), .backspace: view.help = nil
        default: break
        }
        return []
    }

    /// How many rows a key moves the cursor of the help; nil for keys that do not.
    private static func helpStep(_ key: Key, isTyping: Bool) -> Int? {
        switch key {
        case .up: -1
        case .down: 1
        case .pageUp: -10
        case .pageDown: 10
        case .home: -10_000
        case .end: 10_000
        case .character("k") where !isTyping: -1
        case .character("j") where !isTyping: 1
        case .character("g") where !isTyping: -10_000
        case .character("G") where !isTyping: 10_000
        default: nil
        }
    }
}
