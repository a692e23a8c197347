import ArgumentParser
import Syscalls
import WasixABI

struct CallsCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls", abstract: "List the host functions there are and which of them work.",
        usage: "wasix-top calls",
        discussion: "A function that does not work yet can be imported and answers ENOSYS.",
        version: Program.version)

    func run() throws -> Int32 {
        let rows = CallTable.all.map { row in
            (
                state: CallBodies.isImplemented(row.id) ? "yes" : "no", name: row.name, family: row.family.rawValue,
                namespaces: row.namespaces.isEmpty
                    ? "an instruction" : row.namespaces.map(\.rawValue).joined(separator: " "),
                arguments: row.arguments.map(\.name).joined(separator: ", ")
            )
        }
        let nameWidth = rows.map(\.name.utf8.count).max() ?? 0
        let familyWidth = rows.map(\.family.utf8.count).max() ?? 0
        var lines = rows.map { row in
            [
                row.state.padded(to: 3), row.name.padded(to: nameWidth), row.family.padded(to: familyWidth),
                "(\(row.arguments))  \(row.namespaces)",
            ].joined(separator: " ")
        }
        let working = rows.count { $0.state == "yes" }
        lines.append("\(rows.count) functions, \(working) work")
        try StandardOutput.write(lines.joined(separator: "\n") + "\n")
        return ExitStatus.success
    }
}
