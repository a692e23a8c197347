import Diagnosis
import Model
import Terminal
import Trace

/// The `:` line.
extension Interaction {
    /// Lines that are kept to come back to.
    private static let kept = 100

    mutating func handleCommand(_ key: Key, _ line: CommandLine, _ live: ExaminedState) -> [Reaction] {
        var line = line
        line.note = ""
        let state = view.frozen ?? live
        let parser = CommandParser(model: state.model, pane: view.focus)
        switch key {
        case .enter: return run(line, parser, live)
        case .tab:
            let (text, choices) = parser.completed(line.editor.string)
            line.editor = LineEditor(text)
            line.note = CommandParser.list(choices)
        case .up: line.recall(1, view.commands)
        case .down: line.recall(-1, view.commands)
        case .escape, .control("c"):
            view.prompt = nil
            return []
        case .backspace where line.editor.string.isEmpty:
            view.prompt = nil
            return []
        default: guard line.editor.handle(key) else { return [] }
        }
        view.prompt = .command(line)
        return []
    }

    /// What is wrong with a line is said behind it, and it can be mended.
    private mutating func run(_ line: CommandLine, _ parser: CommandParser, _ live: ExaminedState) -> [Reaction] {
        let text = line.editor.string
        guard text.contains(where: { $0 != " " }) else {
            view.prompt = nil
            return []
        }
        do throws(CommandParser.Problem) {
            let command = try parser.command(text)
            view.prompt = nil
            view.commands.removeAll { $0 == text }
            view.commands.append(text)
            if view.commands.count > Self.kept { view.commands.removeFirst() }
            return perform(command, live)
        } catch {
            var line = line
            line.note = error.text
            view.prompt = .command(line)
            return []
        }
    }

    private mutating func perform(_ command: Command, _ live: ExaminedState) -> [Reaction] {
        let state = view.frozen ?? live
        switch command {
        case .request(let request): return perform(request, live)
        case .filter(let text): view[list: view.focus].filter = text
        case .search(let text):
            view[list: view.focus].search = text
            find(forward: true, state)
        case .sort(let index): sort(by: index)
        case .open(.object(let object)): push(object: object, state.model)
        case .open(.thread(let thread)): show(stackOf: thread)
        case .open(.process(let process)): push(.process(process), name: "P\(process.rawValue)")
        case .open(.call(let call)): push(.call(call), name: call.spec.name)
        case .until(let filter):
            return canControl(live.model) ? [.control(.runUntil(filter))] : []
        case .setBreak(let filter):
            guard canControl(live.model) else { return [] }
            view.message =
                filter.map { "pauses for \($0); :break takes it back" } ?? "nothing pauses it"
            return [.control(.setBreak(filter))]
        case .write(let name): return [.save(text(state) ?? screen(live), to: name)]
        }
        return []
    }

    /// The screen as it was before the line was typed.
    private func screen(_ live: ExaminedState) -> String {
        var copy = self
        let rows = copy.frame(live).text.split(separator: "\n", omittingEmptySubsequences: false)
        return rows.map { String($0.reversed().drop { $0 == " " }.reversed()) + "\n" }.joined()
    }
}
