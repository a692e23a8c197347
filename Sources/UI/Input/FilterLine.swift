import Export

/// A filter that is being typed.
package struct FilterLine: Sendable {
    var editor: LineEditor
    /// What it can ask about.
    let fields: Set<FilterField>
    /// How it can go on; until the next key.
    var note = ""

    init(_ text: String, in pane: Pane) {
        editor = LineEditor(text)
        fields = Panes[pane].fields
    }

    /// What is wrong with it.
    var problem: FilterProblem? {
        guard !editor.string.isEmpty else { return nil }
        do throws(FilterProblem) {
            _ = try Filter(parsing: editor.string, fields: fields)
            return nil
        } catch {
            return error
        }
    }

    /// As much more as is certain, and what could stand there where that is not all.
    mutating func complete() {
        let (text, choices) = Self.completed(editor.string, fields)
        editor = LineEditor(text)
        note = CommandParser.list(choices)
    }

    /// The same for any text that is a filter so far.
    static func completed(_ text: String, _ fields: Set<FilterField>) -> (text: String, choices: [String]) {
        let completion = FilterCompletion(of: text, at: text.count, fields: fields)
        guard let first = completion.words.first else { return (text, []) }
        let common = completion.words.dropFirst().reduce(first) { CommandParser.sharedBeginning($0, $1) }
        let isDone = completion.words.count == 1
        return (String(text.prefix(completion.range.lowerBound)) + common, isDone ? [] : completion.words)
    }
}
