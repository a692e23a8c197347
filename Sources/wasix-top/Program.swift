import ArgumentParser

/// The whole program as the parser knows it: for help, version, the manual and completions. What runs is found by
/// `Router`: the parser would take a guest's argument for a command.
struct Program: ParsableCommand {
    static let number = "0.1.0"
    static let version = "wasix-top \(number)"
    static let commands: [any ParsableCommand.Type] = [
        RunCommand.self, TraceCommand.self, CheckCommand.self, LearnCommand.self, LintsCommand.self, CallsCommand.self,
        FieldsCommand.self,
    ]

    static let configuration = CommandConfiguration(
        commandName: "wasix-top", abstract: "Run a WASI or WASIX module and watch it live.",
        usage: """
            wasix-top                                   a list of demos and lessons to choose from
            wasix-top [OPTIONS] MODULE [ARG...]         the inspector
            wasix-top run [OPTIONS] MODULE [ARG...]     just run it: the guest owns the terminal
            wasix-top trace [OPTIONS] MODULE [ARG...]   one line a call, as strace prints them
            wasix-top check [OPTIONS] MODULE [ARG...]   run it and report what is wrong with its waiting
            wasix-top learn [LESSON]                    guided lessons about waiting, from the first epoll_wait on
            wasix-top lints [LINT...]                   the faults that are looked for
            wasix-top calls                             the host functions there are
            wasix-top fields                            what a filter can ask about
            """,
        discussion: "Options before MODULE are for wasix-top, everything after it is for the guest.",
        version: version, subcommands: commands)

    @OptionGroup var options: InspectOptions

    /// Whether a first argument is a question about the program itself.
    static func answers(_ argument: String) -> Bool {
        ["help", "--help", "-h", "--version", "--experimental-dump-help", "--help-hidden"].contains(argument)
    }
}
