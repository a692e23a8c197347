/// What is typed after `:`.
package struct CommandLine: Sendable {
    var editor = LineEditor()
    /// What is wrong with it, or how it can go on; until the next key.
    var note = ""
    /// The line of the history that is shown, counted from the newest, and what was typed before the first step back.
    private var place: Int?
    private var draft = ""

    /// A step back (1) or forth (-1) in the lines that were run before, the newest last.
    mutating func recall(_ step: Int, _ history: [String]) {
        let next = (place ?? -1) + step
        guard next < history.count, next >= -1 else { return }
        if place == nil { draft = editor.string }
        place = next >= 0 ? next : nil
        editor = LineEditor(next >= 0 ? history[history.count - 1 - next] : draft)
    }

    /// The words so far; of a line that ends in a space the last one is empty.
    static func words(_ line: String) -> [Substring] {
        let words = line.split(separator: " ")
        return line.hasSuffix(" ") || words.isEmpty ? words + [""] : words
    }
}
