import ArgumentParser
import Export
import Glibc
import Kernel
import Runtime
import Trace

struct TraceCommand: GuestCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Run a module and print its calls as strace does.",
        usage: "wasix-top trace [OPTIONS] MODULE [ARG...]",
        discussion: """
            The trace goes to standard error; standard output stays the guest's own. Calls stand in the order in which \
            they took effect: one that waited, when its wait was over. SIGINT, SIGTERM, SIGHUP and SIGQUIT end the guest; \
            the calls that its threads are in are shown first, and but for SIGHUP then what its threads waited for.

            With --format jsonl each line is a JSON object: a header, calls and what else happened, an end. \
            share/wasix-top/trace.schema.json describes them. Times and durations are always there, so -t, -r, -T and \
            --color have no effect; -X raw writes flags and constants as numbers; -q leaves out lines about threads.
            """,
        version: Program.version)

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")],
        help: ArgumentHelp("Write the trace to a file, or with a bar in front to a command.", valueName: "FILE|'|CMD'"),
        completion: .file())
    var outputPath: ByteString?

    @Option(
        name: .customLong("format"), help: ArgumentHelp("How lines are written: text or jsonl.", valueName: "FORMAT"))
    var format = FormatChoice.text

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

    @OptionGroup var timeLimit: TimeLimit
    @OptionGroup var habits: TraceHabits
    @OptionGroup(title: "Guest options") var guest: GuestArguments

    func validate() throws {
        guard !isSummary || format == .text else {
            throw ValidationError("the table of -c is text: it has no form for '--format \(format.rawValue)'")
        }
    }

    static func normalize(_ options: [String]) -> [String] { TraceHabits.normalize(options) }

    func run(arguments: [ByteString]) throws -> Int32 {
        let filter = try habits.filter()
        let calls = filter.callSet
        guard !isSummary || calls != nil else {
            throw Failure(
                "-e: the table of -c counts calls by their names: nothing else can be asked of them",
                hint: "Try 'wasix-top trace --help'.", status: ExitStatus.usage)
        }
        let output = try TraceOutput(outputPath, for: "trace")
        let tracer = Tracer(options: traceOptions)
        let launch = try GuestLaunch(
            loading: try guest.options(arguments, stdio: .inherited(input: guest.standardInput)), limit: timeLimit,
            tracer: tracer)
        // Objects, a line each, must stay that.
        let reports = !isSummary && (format == .text || output.descriptor != STDERR_FILENO)
        let run = TraceRun(launch.guest, output: output, tracer: tracer, reports: reports)
        HostSignals.take(after: duration?.nanoseconds) { signal in
            run.end(signal.map { TraceRun.Cause.signal($0) } ?? .timeIsUp)
        }
        let failure: Int32
        if isSummary, let calls {
            failure = try run.count(launch, calls, clock: countsWaits ? .wall : .busy)
        } else {
            failure = try run.write(
                launch, lines(filter, of: launch.guest, to: output.descriptor, arguments), limit: lineLimit?.lines)
        }
        return try run.status(failure) ?? launch.finish()
    }

    private func lines(
        _ filter: Filter, of guest: Guest, to descriptor: Int32, _ arguments: [ByteString]
    ) -> any TraceFormat {
        let name = { (object: ObjectID, moment: UInt64) in guest.names(of: object).text(at: moment) }
        switch format {
        case .text:
            return StraceText(
                options: habits.textOptions(filter, isColored: color.colors(descriptor)), objectName: name)
        case .jsonl:
            var options = habits.jsonOptions(filter)
            options.version = Program.number
            options.module = self.guest.module.bytes
            options.arguments = arguments.map(\.bytes)
            return JsonTrace(options: options, objectName: name)
        }
    }

    /// Losing nothing is what a trace is for; a summary needs no records at all.
    private var traceOptions: TraceOptions {
        var options = TraceOptions()
        options.stringLimit = habits.stringLimit.bytes
        options.isLossless = !isSummary
        options.countsOnly = isSummary
        // A table has no place for them.
        if !isSummary { options.stacks = habits.stacks }
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
