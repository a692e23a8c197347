import ArgumentParser

/// Finds the command and the module in the arguments: options before MODULE are ours, everything after it is the
/// guest's, verbatim, whatever it looks like.
enum Router {
    /// Commands by the word that names them; without one of these words it is `InspectCommand`.
    static let commands: [String: any ParsableArguments.Type] = [
        "run": RunCommand.self, "trace": TraceCommand.self, "calls": CallsCommand.self,
    ]

    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            guard let word = arguments.first, let command = commands[word] else {
                return try run(InspectCommand.self, arguments)
            }
            return try run(command, Array(arguments.dropFirst()))
        } catch let failure as Failure {
            failure.report()
            return failure.status
        } catch {
            Failure("\(error)").report()
            return ExitStatus.ownFailure
        }
    }

    private static func run(_ command: any ParsableArguments.Type, _ arguments: [String]) throws -> Int32 {
        if let guestCommand = command as? any GuestCommand.Type { return try runGuest(guestCommand, arguments) }
        do {
            let parsed = try command.parse(arguments)
            if let tool = parsed as? any ToolCommand { return try tool.run() }
            return ExitStatus.ownFailure
        } catch let error where !(error is Failure) {
            return try answer(error, of: command)
        }
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
            return try parsed.run(arguments: Array(arguments.dropFirst(count)))
        }
        return ExitStatus.ownFailure
    }

    /// Prints the help or version that was asked for, or throws what is wrong as one line.
    private static func answer(_ error: any Error, of command: any ParsableArguments.Type) throws -> Int32 {
        if command.exitCode(for: error).isSuccess {
            print(command.fullMessage(for: error))
            return ExitStatus.success
        }
        let message = command.message(for: error).split(whereSeparator: \.isNewline).first ?? "not understood"
        throw usage(message.prefix(1).lowercased() + message.dropFirst(), command)
    }

    private static func usage(_ message: String, _ command: any ParsableArguments.Type) -> Failure {
        let word = commands.first { $0.value == command }.map { " " + $0.key } ?? ""
        return Failure(message, hint: "Try 'wasix-top\(word) --help'.", status: ExitStatus.usage)
    }
}

/// A command that runs a guest. Parsed from its own options up to MODULE.
protocol GuestCommand: ParsableCommand {
    /// The same options in a form that the parser understands.
    static func normalize(_ options: [String]) -> [String]
    /// - Parameter arguments: what follows MODULE.
    func run(arguments: [String]) throws -> Int32
}

extension GuestCommand {
    static func normalize(_ options: [String]) -> [String] { options }
}

/// A command without a guest.
protocol ToolCommand: ParsableCommand {
    func run() throws -> Int32
}
