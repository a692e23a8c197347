import ArgumentParser
import Kernel
import Runtime

/// Finds the command and the module in the arguments: options before MODULE are ours, everything after it is the
/// guest's, verbatim, whatever it looks like.
enum Router {
    /// Commands by the word that names them; without one of these words it is `InspectCommand`.
    static let commands: [String: any ParsableCommand.Type] = Dictionary(
        uniqueKeysWithValues: Program.commands.map { ($0._commandName, $0) })

    /// - Parameter arguments: without the program's name, as `ArgumentText` writes them.
    /// - Returns: the exit status.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            if let first = arguments.first, Program.answers(first) { return try answer(arguments) }
            if let script = try CompletionScript.text(arguments) {
                try StandardOutput.write(script)
                return ExitStatus.success
            }
            if let options = StartCommand.options(arguments) {
                guard let chosen = try StartCommand.choose(options) else { return ExitStatus.success }
                return run(
                    commands[chosen[0]] == nil ? arguments + chosen : chosen.prefix(1) + arguments + chosen.dropFirst())
            }
            guard let word = arguments.first, let command = commands[word] else {
                return try runGuest(InspectCommand.self, arguments)
            }
            let rest = Array(arguments.dropFirst())
            if let guestCommand = command as? any GuestCommand.Type { return try runGuest(guestCommand, rest) }
            return try runTool(command, rest)
        } catch let failure as Failure {
            failure.report()
            return failure.status
        } catch {
            Failure("\(error)").report()
            return ExitStatus.ownFailure
        }
    }

    private static func runTool(_ command: any ParsableCommand.Type, _ arguments: [String]) throws -> Int32 {
        let parsed: any ParsableArguments
        do {
            parsed = try command.parse(arguments)
        } catch {
            return try answer(error, of: command)
        }
        guard let tool = parsed as? any ToolCommand else { return ExitStatus.ownFailure }
        return try tool.run()
    }

    private static func runGuest(_ command: any GuestCommand.Type, _ arguments: [String]) throws -> Int32 {
        for count in 0...arguments.count {
            let ours = Array(arguments.prefix(count))
            let parsed: any GuestCommand
            do {
                parsed = try command.parse(command.normalize(NetworkRules.normalize(ours)))
            } catch {
                // While MODULE or a value of ours is missing, the next argument may be it. Any other error stays.
                if count < arguments.count, command.message(for: error).hasPrefix("Missing ") { continue }
                return try answer(error, of: command)
            }
            do throws(LaunchError) {
                try HostRoom.check()
            } catch {
                throw Failure(error)
            }
            return try parsed.run(arguments: arguments.dropFirst(count).map { ArgumentText.decode($0) })
        }
        return ExitStatus.ownFailure
    }

    /// What is asked of the program as a whole.
    private static func answer(_ arguments: [String]) throws -> Int32 {
        do {
            var question = try Program.parseAsRoot(arguments)
            try question.run()
            return ExitStatus.ownFailure
        } catch {
            return try answer(error, of: Program.self)
        }
    }

    /// Prints the help or version that was asked for, or throws what is wrong as one line.
    private static func answer(_ error: any Error, of command: any ParsableCommand.Type) throws -> Int32 {
        if command.exitCode(for: error).isSuccess {
            var text = command.fullMessage(for: error)
            // A command's help is taken from the whole program's; the inspector's help is the whole program's itself.
            if command != Program.self, text != Program.version {
                text = Program.helpMessage(for: command == InspectCommand.self ? Program.self : command)
            }
            try StandardOutput.write(text + "\n")
            return ExitStatus.success
        }
        let message = oneLine(command.message(for: error))
        throw usage(ArgumentText.readable(message.prefix(1).lowercased() + message.dropFirst()), command)
    }

    /// The parser lists more than a few values below each other, as " - VALUE".
    private static func oneLine(_ message: String) -> String {
        var lines = message.split(whereSeparator: \.isNewline).map(String.init)
        guard !lines.isEmpty else { return "not understood" }
        let first = lines.removeFirst()
        guard !lines.isEmpty else { return first }
        return first + " " + lines.map { $0.drop { " -".contains($0) } }.joined(separator: ", ")
    }

    private static func usage(_ message: String, _ command: any ParsableCommand.Type) -> Failure {
        let word = commands.first { $0.value == command }.map { " " + $0.key } ?? ""
        return Failure(message, hint: "Try 'wasix-top\(word) --help'.", status: ExitStatus.usage)
    }
}

/// A command that runs a guest. Parsed from its own options up to MODULE.
protocol GuestCommand: ParsableCommand {
    /// The same options in a form that the parser understands.
    static func normalize(_ options: [String]) -> [String]
    /// - Parameter arguments: what follows MODULE.
    func run(arguments: [ByteString]) throws -> Int32
}

extension GuestCommand {
    static func normalize(_ options: [String]) -> [String] { options }
}

/// A command without a guest.
protocol ToolCommand: ParsableCommand {
    func run() throws -> Int32
}
