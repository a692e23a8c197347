import ArgumentParser
import Export
import Glibc
import Runtime
import Trace

struct TraceCommand: GuestCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Run a module and print its calls as strace does.",
        usage: "wasix-top trace [OPTIONS] MODULE [ARG...]",
        discussion: """
            The trace goes to standard error; standard output stays the guest's own. Calls stand in the order in which \
            they took effect: one that waited, when its wait was over. SIGINT, SIGTERM, SIGHUP and SIGQUIT end the guest; \
            the calls that its threads are in are shown first.
            """)

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")],
        help: ArgumentHelp("Write the trace to a file, or with a bar in front to a command.", valueName: "FILE|'|CMD'"))
    var outputPath: String?

    @Flag(
        name: [.customShort("c"), .customLong("summary-only")],
        help: "Count calls, errors and time; print a table at the end.")
    var isSummary = false
    @Flag(
        name: [.customShort("w"), .customLong("summary-wall-clock")],
        help: "With -c: time from entry to return, waits included.")
    var countsWaits = false

    @Option(name: .customLong("limit"), help: ArgumentHelp("End the run after so many lines.", valueName: "N"))
    var lineLimit: LineLimit?
    @Option(name: .customLong("for"), help: ArgumentHelp("End the run after that time, as 10s.", valueName: "DURATION"))
    var duration: TimeSpan?
    @Option(name: .customLong("color"), help: ArgumentHelp("Colours: auto, always or never.", valueName: "WHEN"))
    var color = ColorChoice.auto

    @OptionGroup var habits: TraceHabits
    @OptionGroup(title: "Guest options") var guest: GuestArguments

    static func normalize(_ options: [String]) -> [String] { TraceHabits.normalize(options) }

    func run(arguments: [String]) throws -> Int32 {
        let output = try TraceOutput(outputPath)
        let tracer = Tracer(options: traceOptions)
        let launch = try GuestLaunch(
            loading: try guest.options(arguments, stdio: .inherited(input: guest.standardInput)), tracer: tracer)
        let run = TraceRun(launch.guest, output: output, tracer: tracer)
        HostSignals.take(after: duration?.nanoseconds) { signal in
            run.end(signal.map { TraceRun.Cause.signal($0) } ?? .timeIsUp)
        }
        let failure: Int32
        if isSummary {
            failure = try run.count(launch, habits.calls, clock: countsWaits ? .wall : .busy)
        } else {
            let options = habits.options(isColored: color.colors(output.descriptor))
            failure = try run.write(launch, options, limit: lineLimit?.lines)
        }
        return run.status(failure) ?? launch.finish()
    }

    /// Losing nothing is what a trace is for; a summary needs no records at all.
    private var traceOptions: TraceOptions {
        var options = TraceOptions()
        options.stringLimit = habits.stringLimit.bytes
        options.isLossless = !isSummary
        options.countsOnly = isSummary
        return options
    }
}

/// `--limit`: at least one line.
struct LineLimit: ExpressibleByArgument {
    let lines: Int

    init?(argument: String) {
        guard let lines = Int(argument), lines > 0 else { return nil }
        self.lines = lines
    }
}
