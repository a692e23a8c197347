import ArgumentParser
import Glibc
import Model
import Terminal
import Trace
import UI

struct InspectCommand: GuestCommand {
    /// Lines of the guest's output that stay on the terminal afterwards.
    private static let linesLeft = 24

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

    @Flag(help: "Draw with ASCII characters only.")
    var ascii = false

    @Option(help: ArgumentHelp("Colours; auto is dark or light, as the terminal is.", valueName: "theme"))
    var theme = ThemeName.automatic

    @OptionGroup(title: "Guest options") var guest: GuestArguments

    func run(arguments: [String]) throws -> Int32 {
        // First of all: the engine's own handlers hand on to these what is not a guest's fault.
        TerminalGuard.install()
        var options = try guest.options(arguments, stdio: .captured(input: guestInput))
        options.isInterruptible = true
        let tracer = Tracer()
        let launch = try GuestLaunch(loading: options, tracer: tracer)
        let screen = try openScreen()
        let inspector = Inspector(source: LiveSource(tracer: tracer, guest: launch.guest)) {
            [bell = screen.bell] in bell.ring()
        }
        do {
            defer { screen.close() }
            inspector.start()
            try launch.start()
            App(screen: screen, program: programName, control: launch.guest) { inspector.latest }.run()
        }
        inspector.stop()
        let last = inspector.latest
        leaveOutput(last.output)
        // Leaving a guest that still runs is no failure of it.
        guard last.guest.hasEnded else { return ExitStatus.success }
        GuestLaunch.report(last.guest)
        return ExitStatus.of(last.guest)
    }

    private func openScreen() throws -> NcursesScreen {
        var options = NcursesScreen.Options()
        options.ascii = ascii
        options.theme = theme
        do {
            return try NcursesScreen(options)
        } catch {
            throw Failure("\(error)", hint: "'wasix-top run' and 'wasix-top trace' need no terminal.")
        }
    }

    /// What is piped into us is for the guest; keys come from the terminal then.
    private var guestInput: String? {
        if let standardInput = guest.standardInput { return standardInput }
        return isatty(STDIN_FILENO) == 1 || fcntl(STDIN_FILENO, F_GETFD) < 0 ? nil : "/dev/stdin"
    }

    private var programName: String { guest.module.split(separator: "/").last.map(String.init) ?? guest.module }

    /// The end of what the guest wrote, made safe, on the terminal that the screen has left.
    private func leaveOutput(_ output: OutputHistory) {
        for number in output.lines.range.suffix(Self.linesLeft) {
            let line = output.lines[number]
            let text = Sanitizer.clean(line.bytes) + "\n"
            if line.stream == .error { Failure.writeError(text) } else { print(text, terminator: "") }
        }
    }
}

extension ThemeName: ExpressibleByArgument {}
