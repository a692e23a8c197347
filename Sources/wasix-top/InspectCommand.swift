import ArgumentParser

struct InspectCommand: GuestCommand {
    static let configuration = CommandConfiguration(
        commandName: "wasix-top", abstract: "Run a WASI or WASIX module and watch it live.",
        usage: """
            wasix-top [OPTIONS] MODULE [ARG...]         the inspector
            wasix-top run [OPTIONS] MODULE [ARG...]     just run it: the guest owns the terminal
            wasix-top trace [OPTIONS] MODULE [ARG...]   one line a call, as strace prints them
            wasix-top calls                             the host functions there are
            """,
        discussion: "Options before MODULE are for wasix-top, everything after it is for the guest.",
        version: "wasix-top 0.1.0")

    @OptionGroup(title: "Guest options") var guest: GuestArguments

    func run(arguments: [String]) throws -> Int32 {
        throw Failure("no runtime")
    }
}
