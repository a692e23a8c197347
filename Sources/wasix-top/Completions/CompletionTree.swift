import ArgumentParser
import Foundation

/// The commands and their options as completion scripts need them, from the parser's own description of `Program`.
///
/// The scripts are ours, not the parser's. The parser's know positional arguments or subcommands in one place, not a
/// word that is a module or a command, and they offer options after MODULE, where everything is the guest's.
struct CompletionTree {
    enum Value: Hashable {
        case any
        case file
        case directory
        /// One of these, or several with commas between.
        case words([String])
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
        /// What its arguments are, if they are words of ours.
        let words: [String]
    }

    /// Endings of a module's file.
    static let moduleEndings = ["wasm", "wat"]

    let inspector: Command
    let commands: [Command]

    init() throws {
        let described = try JSONDecoder().decode(Description.self, from: Data(Program._dumpHelp().utf8)).command
        inspector = Command(described, name: "")
        // The parser adds this command itself; it takes the name of another one.
        let named = (described.subcommands ?? []).filter { $0.commandName != "help" }
            .map { Command($0, name: $0.commandName) }
        let help = Command(
            name: "help", help: "Say how a command is used.", options: [], takesModule: false,
            words: named.map(\.name) + ["help"])
        commands = named + [help]
    }

    var all: [Command] { [inspector] + commands }
    /// Commands whose arguments are words of ours.
    var worded: [Command] { commands.filter { !$0.words.isEmpty } }
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
        let completionKind: [String: Completion]?
    }

    struct Name: Decodable {
        let kind: String
        let name: String
    }

    struct Completion: Decodable {
        let values: [String]?
    }

    let command: Command
}

extension CompletionTree.Command {
    fileprivate init(_ command: Description.Command, name: String) {
        let arguments = command.arguments ?? []
        let positional = arguments.filter { $0.kind == "positional" }
        let words = positional.flatMap { $0.completionKind?["list"]?.values ?? [] }
        self.init(
            name: name, help: command.abstract ?? "",
            options: arguments.filter { $0.shouldDisplay && $0.kind != "positional" }.map(CompletionTree.Option.init),
            takesModule: !positional.isEmpty && words.isEmpty, words: words)
    }
}

extension CompletionTree.Option {
    fileprivate init(_ argument: Description.Argument) {
        let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
        let kind = argument.completionKind
        let value: CompletionTree.Value =
            kind?["directory"] != nil
            ? .directory
            : kind?["file"] != nil ? .file : kind?["list"]?.values.map { .words($0) } ?? .any
        self.init(names: names, help: argument.abstract ?? "", value: argument.kind == "option" ? value : nil)
    }
}
