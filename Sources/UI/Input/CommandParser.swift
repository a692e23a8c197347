import Export
import Model
import Trace
import WasixABI

/// Reads command lines and completes them, for one state and the pane that has the keys. Pure.
struct CommandParser {
    /// Why a line is no command, in a few words.
    struct Problem: Error, Equatable {
        let text: String

        init(_ text: String) { self.text = text }
    }

    let model: ModelState
    let pane: Pane

    private static let places = ["fd", "thread", "process", "call"]
    /// Views that keys and commands go to.
    private static let views: [(key: String, pane: Pane)] = Keymap.all.compactMap { binding in
        if case .focus(let pane) = binding.request { (binding.keyNames, pane) } else { nil }
    }
    /// Requests that are commands, without those that do the same twice.
    private static let requests: [(name: String, request: Request)] = Keymap.all.reduce(into: []) { list, binding in
        guard let name = binding.request.command, !list.contains(where: { $0.name == name }) else { return }
        list.append((name, binding.request))
    }

    static let names = (CommandRow.all.map(\.name) + requests.map(\.name)).sorted()

    // MARK: reading

    func command(_ line: String) throws(Problem) -> Command {
        let words = line.split(separator: " ")
        guard let first = words.first else { throw Problem("nothing to do") }
        let name = try Self.name(first)
        let rest = words.dropFirst()
        // The text as it was typed, with the spaces in it.
        let text = String(line.drop { $0 == " " }.dropFirst(first.count).drop { $0 == " " })
        switch name {
        case "filter": return .filter(try Self.checked(text, in: pane))
        case "search": return .search(try Self.needed(text, "a text"))
        case "write": return .write(try Self.needed(text, "the name of a file"))
        case "until": return .until(try filter(try Self.needed(text, "a filter")))
        case "break": return .setBreak(text.isEmpty ? nil : try checkedBreak(text))
        case "sort": return .sort(try order(text))
        case "view": return .request(.focus(try Self.view(text)))
        case "goto": return .open(try place(rest))
        default:
            guard let request = Self.requests.first(where: { $0.name == name })?.request else {
                throw Problem("no such command")
            }
            guard rest.isEmpty else { throw Problem("\(name) takes no word") }
            try check(request, name)
            return .request(request)
        }
    }

    /// A filter that calls can be held against.
    private func filter(_ text: String) throws(Problem) -> String {
        do throws(FilterProblem) {
            _ = try Filter(parsing: text).breakCondition(model.time)
            return text
        } catch {
            throw Problem(error.message)
        }
    }

    private func checkedBreak(_ text: String) throws(Problem) -> String {
        do throws(FilterProblem) {
            _ = try GuestBreak(parsing: text, model.time)
            return text
        } catch {
            throw Problem(error.message)
        }
    }

    /// A filter that the rows of a pane can be held against.
    private static func checked(_ text: String, in pane: Pane) throws(Problem) -> String {
        guard let problem = FilterLine(text, in: pane).problem else { return text }
        throw Problem(problem.message)
    }

    private static func needed(_ text: String, _ what: String) throws(Problem) -> String {
        guard !text.isEmpty else { throw Problem("\(what) is missing") }
        return text
    }

    /// The command that a word stands for: its name, its short form, or a beginning that only one has.
    private static func name(_ word: Substring) throws(Problem) -> String {
        if names.contains(String(word)) { return String(word) }
        if let row = CommandRow.all.first(where: { $0.short.map { String($0) == word } ?? false }) { return row.name }
        let found = names.filter { $0.hasPrefix(word) }
        guard let first = found.first else { throw Problem("no such command; Tab lists them") }
        // `quit` is what `q` begins, though `quit-now` begins with it, too.
        guard found.allSatisfy({ $0.hasPrefix(first) }) else { throw Problem("which one: " + list(found)) }
        return first
    }

    /// A request must do something in this pane.
    private func check(_ request: Request, _ name: String) throws(Problem) {
        let bindings = Keymap.all.filter { $0.request == request }
        guard !bindings.contains(where: { $0.works(in: pane) }) else { return }
        let panes = Set(bindings.flatMap { $0.panes ?? [] }).sorted { $0.rawValue < $1.rawValue }
        throw Problem("\(name) works in \(panes.map(\.name).joined(separator: ", "))")
    }

    private static func view(_ word: String) throws(Problem) -> Pane {
        let found = views.filter { $0.key == word || $0.pane.name.lowercased().hasPrefix(word.lowercased()) }
        guard !word.isEmpty, found.count == 1 else { throw Problem("views: " + list(viewNames)) }
        return found[0].pane
    }

    private static var viewNames: [String] { views.map { $0.pane.name.lowercased() } }

    private func order(_ word: String) throws(Problem) -> Int {
        let names = Panes[pane].traits?.sortNames ?? []
        guard !names.isEmpty else { throw Problem("this view has no order to choose") }
        guard let index = names.firstIndex(where: { $0.lowercased() == word.lowercased() }) else {
            throw Problem("orders: " + Self.list(names))
        }
        return index
    }

    private func place(_ words: ArraySlice<Substring>) throws(Problem) -> Command.Place {
        guard let kind = words.first, let word = words.dropFirst().first, words.count == 2 else {
            throw Problem("goto fd N, thread N, process N, or call NAME")
        }
        let number = UInt32(word.drop { $0 == "T" || $0 == "P" })
        switch kind {
        case "fd":
            let row = model.descriptors.first { $0.descriptor.fd.rawValue == number && !$0.mark.isClosed }
            guard let row else { throw Problem("no descriptor \(word) is open") }
            return .object(row.descriptor.object)
        case "thread":
            guard let row = model.threads.first(where: { $0.id.rawValue == number }) else {
                throw Problem("there is no thread \(word)")
            }
            return .thread(row.id)
        case "process":
            guard let process = model.processes.first(where: { $0.process.rawValue == number }) else {
                throw Problem("there is no process \(word)")
            }
            return .process(process.process)
        case "call":
            guard let call = CallTable.all.first(where: { $0.name == word }) else {
                throw Problem("there is no call \(word)")
            }
            return .call(call.id)
        default: throw Problem("goto " + Self.list(Self.places))
        }
    }

    // MARK: completing

    /// The line with as much more as is certain, and what could stand there where that is not all.
    func completed(_ line: String) -> (line: String, choices: [String]) {
        let words = CommandLine.words(line)
        if words.count > 1, takesFilter(words[0]) {
            let start = words[1].startIndex
            let isOfPane = (try? Self.name(words[0])) == "filter"
            let (text, choices) = FilterLine.completed(
                String(line[start...]), isOfPane ? Panes[pane].fields : FilterField.ofRecords)
            return (line[..<start] + text, choices)
        }
        let word = String(words[words.count - 1])
        let choices = candidates(words.dropLast()).filter { $0.hasPrefix(word) }
        guard let first = choices.first else { return (line, []) }
        let common = choices.dropFirst().reduce(first) { Self.sharedBeginning($0, $1) }
        let isDone = choices.count == 1
        return (String(line.dropLast(word.count)) + common + (isDone ? " " : ""), isDone ? [] : choices)
    }

    /// What follows the word is a filter.
    private func takesFilter(_ word: Substring) -> Bool {
        switch try? Self.name(word) {
        case "until", "break", "filter": true
        default: false
        }
    }

    static func sharedBeginning(_ one: String, _ other: String) -> String {
        String(zip(one, other).prefix { $0 == $1 }.map(\.0))
    }

    /// What may follow these words.
    private func candidates(_ words: ArraySlice<Substring>) -> [String] {
        guard let first = words.first else { return Self.names }
        switch (try? Self.name(first), words.count) {
        case ("view", 1): return Self.viewNames
        case ("sort", 1): return Panes[pane].traits?.sortNames ?? []
        case ("goto", 1): return Self.places
        case ("goto", 2): return numbers(words[words.startIndex + 1])
        default: return []
        }
    }

    private func numbers(_ kind: Substring) -> [String] {
        switch kind {
        case "fd":
            return Set(model.descriptors.lazy.filter { !$0.mark.isClosed }.map(\.descriptor.fd.rawValue)).sorted()
                .map { String($0) }
        case "thread": return model.threads.map { String($0.id.rawValue) }
        case "process": return model.processes.map { String($0.process.rawValue) }
        case "call": return CallTable.all.map(\.name).sorted()
        default: return []
        }
    }

    /// Some of them, with commas.
    static func list(_ words: [String]) -> String {
        words.prefix(12).joined(separator: ", ") + (words.count > 12 ? ", and \(words.count - 12) more" : "")
    }
}
