import ArgumentParser
import Export

struct FieldsCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields", abstract: "List what a filter can ask about.",
        usage: "wasix-top fields",
        discussion: """
            A filter is a comparison of a field (= != < <= > >= ~ in), a field alone (there is one, or it is so), calls as \
            -e takes them, or a word or quoted text, which stands for the lines that contain it. They are joined by not, \
            and, or and brackets, also written !, && and ||: '%net and dur>1ms and not err=EAGAIN'.

            ~ finds a part of a text, or with slashes a regular expression. A list has ranges, too: 'tid in (1, 3..5)'. \
            A comparison is false where there is no such value: 'err!=EAGAIN' is about calls that failed.
            """,
        version: Program.version)

    func run() throws -> Int32 {
        let nameWidth = FilterField.allCases.map(\.name.utf8.count).max() ?? 0
        let exampleWidth = FilterField.allCases.map(\.example.utf8.count).max() ?? 0
        var lines = FilterField.allCases.map { field in
            let also = field.aliases.isEmpty ? "" : " (also \(field.aliases.joined(separator: ", ")))"
            return [
                field.name.padded(to: nameWidth), field.kind.rawValue.padded(to: 8),
                field.example.padded(to: exampleWidth), field.meaning + also,
            ].joined(separator: "  ")
        }
        lines.append("\(FilterField.allCases.count) fields; 'wasix-top fields --help' says how they are put together")
        try StandardOutput.write(lines.joined(separator: "\n") + "\n")
        return ExitStatus.success
    }
}
