import ArgumentParser
import Runtime

struct RunCommand: GuestCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a module; the guest owns the terminal.",
        usage: "wasix-top run [OPTIONS] MODULE [ARG...]")

    @OptionGroup(title: "Guest options") var guest: GuestArguments

    func run(arguments: [String]) throws -> Int32 {
        let launch = try GuestLaunch(try guest.options(arguments, stdio: .inherited(input: guest.standardInput)))
        return launch.finish()
    }
}
