import ArgumentParser
import CLinux
import Diagnosis
import Export
import Glibc
import Kernel
import Model
import Runtime
import Terminal
import Trace
import UI

/// The options of the inspector.
struct InspectOptions: ParsableArguments {
    @OptionGroup var screen: ScreenOptions

    @Flag(help: "Start paused: p runs it, s makes its calls one by one.")
    var paused = false

    @Flag(help: "The guest's clocks stand still while it is paused, and run in the steps that it makes.")
    var freezeClock = false

    @Option(
        name: .customLong("break"),
        help: ArgumentHelp(
            "Pause after each call that passes the filter, as 'err=EBADF' ('wasix-top fields'), or when something is found, as 'lint:error' or 'lint:E01'.",
            valueName: "FILTER"))
    var breakFilter: String?

    @OptionGroup var stacks: StackOptions

    @OptionGroup(title: "Guest options") var guest: GuestArguments
}

struct InspectCommand: GuestCommand {
    /// Lines of the guest's output that stay on the terminal afterwards.
    private static let linesLeft = 24
    /// Nanoseconds that loading may take before the screen comes up: what is in the cache, or is no module, needs none.
    private static let patience: UInt64 = 100_000_000

    static let configuration = CommandConfiguration(
        commandName: "wasix-top", version: Program.version)

    @OptionGroup var options: InspectOptions

    func run(arguments: [ByteString]) throws -> Int32 {
        // Before the engine exists: its signal handlers call these ones for every fault that is not a guest's.
        TerminalGuard.install()
        try checkModule()
        var guestOptions = try guest.options(arguments, stdio: .captured(input: guest.standardInput))
        guestOptions.isInterruptible = true
        guestOptions.freezesClock = options.freezeClock
        var traceOptions = options.stacks.traceOptions
        traceOptions.keepsDecisions = true
        let tracer = Tracer(options: traceOptions)
        let standingBreak = try options.breakFilter.map {
            try FilterArgument.read($0, of: "--break") { text throws(FilterProblem) in
                try GuestBreak(parsing: text, TraceTime(measuring: tracer.clock))
            }
        }
        let begin = cl_monotonic_ns()
        let loader = try GuestLoader(guestOptions, tracer: tracer)
        _ = try loader.guest(until: begin + Self.patience)
        let screen = try options.screen.open()
        let outcome: GuestSession.Outcome
        do {
            defer { screen.close() }
            outcome = try GuestSession(
                screen: screen, program: programName, tracer: tracer, standingBreak: standingBreak,
                isPaused: options.paused, lessonNames: LessonLibrary.standard.namesByLint
            ).run(loader, since: begin)
        }
        guard let last = outcome.last else { return outcome.status }
        leaveOutput(last.output)
        if case .lesson(let name) = outcome.end { return try LessonSession(name, options.screen).run() }
        // Leaving a guest that still runs is no failure of it.
        guard last.guest.hasEnded else { return ExitStatus.success }
        GuestLaunch.report(last.guest)
        return ExitStatus.of(last.guest)
    }

    private var guest: GuestArguments { options.guest }

    private var programName: String {
        let name = guest.module.bytes.split(separator: UInt8(ascii: "/")).last.map { ByteString($0) } ?? guest.module
        return name.description
    }

    /// A word that is neither a command nor a file.
    private func checkModule() throws {
        let word = guest.module
        guard !word.bytes.contains(UInt8(ascii: "/")), word.withCString({ access($0, F_OK) }) != 0, errno == ENOENT
        else {
            return
        }
        let nearest = Spelling.nearest(to: word.description, among: Router.commands.keys.sorted())
            .map { "Did you mean 'wasix-top \($0)'?" }
        throw Failure(
            "\(word): neither a command nor a file", hint: nearest ?? "Try 'wasix-top --help'.",
            status: ExitStatus.notFound)
    }

    /// The end of what the guest wrote, made safe, on the terminal that the screen has left.
    private func leaveOutput(_ output: OutputHistory) {
        for number in output.lines.range.suffix(Self.linesLeft) {
            let line = output.lines[number]
            let text = OutputText.shown(line.bytes)
            if line.stream == .error {
                StandardError.write(line: text)
            } else {
                // It was seen on the screen: what cannot be written any more is no failure of the guest.
                try? StandardOutput.write(text + "\n")
            }
        }
    }
}
