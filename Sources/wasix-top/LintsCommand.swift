import ArgumentParser
import Diagnosis

struct LintsCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "lints", abstract: "List the faults that are looked for, or explain some of them.",
        usage: "wasix-top lints [LINT...]",
        discussion:
            "A lint is named by its code or its name. An error is almost certainly a fault, a warning likely one.",
        version: Program.version)

    @Argument(
        help: ArgumentHelp("Explain these, with an example and what to do.", valueName: "LINT"),
        completion: .list(Lint.all.map(\.name)))
    var names: [String] = []

    func run() throws -> Int32 {
        let lines = names.isEmpty ? Self.table : try names.flatMap(Self.page)
        try StandardOutput.write(lines.joined(separator: "\n") + "\n")
        return ExitStatus.success
    }

    private static var table: [String] {
        let nameWidth = Lint.all.map(\.name.utf8.count).max() ?? 0
        return Lint.all.map { lint in
            [lint.code, lint.name.padded(to: nameWidth), lint.severity.name.padded(to: 7), lint.summary].joined(
                separator: "  ")
        } + ["\(Lint.all.count) lints; 'wasix-top lints NAME' explains one"]
    }

    private static func page(_ word: String) throws -> [String] {
        guard let lint = Lint.called(word) else {
            throw Failure(
                "\(ArgumentText.readable(word)): no such lint", hint: "'wasix-top lints' lists them.",
                status: ExitStatus.usage)
        }
        let example = lint.example.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
        return ["\(lint.code)  \(lint.name)  (\(lint.severity.name))", "", "  " + lint.summary, ""] + example
            + ["", "  " + lint.advice, ""]
    }
}
