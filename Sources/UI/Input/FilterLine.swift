import Export

/// A filter that is being typed.
package struct FilterLine: Sendable {
    var editor: LineEditor
    /// It is in the language of calls, not a text to look for.
    let isAboutCalls: Bool
    /// How it can go on; until the next key.
    var note = ""

    init(_ text: String, in pane: Pane) {
        editor = LineEditor(text)
        isAboutCalls = pane.showsCalls
    }

    /// What is wrong with it.
    var problem: FilterProblem? {
        guard isAboutCalls, !editor.string.isEmpty else { return nil }
        do throws(FilterProblem) {
            _ = try Filter(parsing: editor.string)
            return nil
        } catch {
            return error
        }
    }

    /// As much more as is certain, and what could stand there where that is not all.
    mutating func complete() {
        guard isAboutCalls else { return }
        let (text, choices) = Self.completed(editor.string)
        editor = LineEditor(text)
        note = CommandParser.list(choices)
    }

    /// The same for any text that is a filter so far.
    static func completed(_ text: String) -> (text: String, choices: [String]) {
        let completion = FilterCompletion(of: text, at: text.count)
        guard let first = completion.words.first else { return (text, []) }
        let common = completion.words.dropFirst().reduce(first) { CommandParser.sharedBeginning($0, $1) }
        let isDone = completion.words.count == 1
        return (String(text.prefix(completion.range.lowerBound)) + common, isDone ? [] : completion.words)
    }
}
