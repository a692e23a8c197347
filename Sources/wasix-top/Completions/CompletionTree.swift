import ArgumentParser
import Foundation

/// The commands and their options as completion scripts need them, from the parser's own description of `Program`.
///
/// The scripts are ours, not the parser's. The parser's know positional arguments or subcommands in one place, not a
/// word that is a module or a command, and they offer options after MODULE, where everything is the guest's.
struct CompletionTree {
    enum Value {
        case any
        case file
        case directory
    }

    struct Option {
        /// With their dashes.
        let names: [String]
        let help: String
        /// What follows it; nil for a flag.
        let value: Value?
    }

    struct Command {
        /// Empty for the inspector, which has no word.
        let name: String
        let help: String
        let options: [Option]
        let takesModule: Bool
    }

    /// Endings of a module's file.
    static let moduleEndings = ["wasm", "wat"]

    let inspector: Command
    let commands: [Command]

    init() throws {
        let described = try JSONDecoder().decode(Description.self, from: Data(Program._dumpHelp().utf8)).command
        inspector = Command(described, name: "")
        // The parser adds this command itself; it takes the name of another one.
        let help = Command(name: "help", help: "Say how a command is used.", options: [], takesModule: false)
        commands =
            (described.subcommands ?? []).filter { $0.commandName != "help" }.map { Command($0, name: $0.commandName) }
            + [help]
    }

    var all: [Command] { [inspector] + commands }
}

/// The part of the parser's description (version 0) that matters here.
private struct Description: Decodable {
    struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    struct Argument: Decodable {
        let kind: String
        let shouldDisplay: Bool
        let names: [Name]?
        let abstract: String?
        let completionKind: [String: Ignored]?
    }

    struct Name: Decodable {
        let kind: String
        let name: String
    }

    struct Ignored: Decodable {}

    let command: Command
}

extension CompletionTree.Command {
    fileprivate init(_ command: Description.Command, name: String) {
        let arguments = command.arguments ?? []
        self.init(
            name: name, help: command.abstract ?? "",
            options: arguments.filter { $0.shouldDisplay && $0.kind != "positional" }.map(CompletionTree.Option.init),
            takesModule: arguments.contains { $0.kind == "positional" })
    }
}

extension CompletionTree.Option {
    fileprivate init(_ argument: Description.Argument) {
        let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
        let value: CompletionTree.Value =
            argument.completionKind?["directory"] != nil
            ? .directory : argument.completionKind?["file"] != nil ? .file : .any
        self.init(names: names, help: argument.abstract ?? "", value: argument.kind == "option" ? value : nil)
    }
}
