import ArgumentParser
import Decode
import Export
import Glibc
import Kernel
import Model
import Runtime
import Trace

struct TraceCommand: GuestCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Run a module and print its calls as strace does.",
        usage: "wasix-top trace [OPTIONS] MODULE [ARG...]",
        discussion: "The trace goes to standard error; standard output stays the guest's own.",
        version: Program.version)

    @Option(
        name: .customShort("o", allowingJoined: true),
        help: ArgumentHelp("Write the trace to a file.", valueName: "FILE"), completion: .file())
    var outputPath: ByteString?

    @Option(
        name: .customShort("e"),
        help: ArgumentHelp(
            "Only these calls: trace=epoll_wait,fd_read or %net, !clock_time_get takes away.", valueName: "EXPR"),
        transform: parseCalls)
    var calls: CallSet = .all

    @Flag(name: .customShort("c"), help: "Count calls, errors and time; print a table at the end.")
    var isSummary = false

    @Option(
        name: .customShort("s", allowingJoined: true),
        help: ArgumentHelp("Bytes of a string to print.", valueName: "N"))
    var stringLimit: StringLimit = StringLimit(bytes: 64)

    @Flag(name: .customShort("T"), help: "Print how long each call took.")
    var showsDuration = false

    @Flag(name: .customShort("t"), help: "Print the time of day; -tt with microseconds, -ttt since the epoch.")
    var showsSeconds = false
    @Flag(name: .customLong("tt", withSingleDash: true), help: .hidden)
    var showsMicroseconds = false
    @Flag(name: .customLong("ttt", withSingleDash: true), help: .hidden)
    var showsEpoch = false
    @Flag(name: .customShort("r"), help: "Print the time since the line before.")
    var showsRelative = false

    @Flag(
        name: [.customShort("f"), .customShort("y"), .customLong("yy", withSingleDash: true)],
        help: "Accepted as in strace: threads and descriptor names are always shown.")
    var acceptsHabits = false

    @OptionGroup var limit: TimeLimit
    @OptionGroup(title: "Guest options") var guest: GuestArguments

    func run(arguments: [ByteString]) throws -> Int32 {
        let output = try openOutput()
        defer { if output != STDERR_FILENO { close(output) } }
        let tracer = Tracer(options: traceOptions)
        let launch = try GuestLaunch(
            try guest.options(arguments, stdio: .inherited(input: guest.standardInput)), limit: limit, tracer: tracer)
        let failure = isSummary ? count(launch, tracer, output) : write(launch, tracer, output)
        if failure != 0 {
            Failure("the trace cannot be written", outputPath?.description ?? "standard error", errno: failure).report()
        }
        return try launch.finish()
    }

    /// Counts until the guest has ended, then writes the table.
    /// - Returns: the host's errno when that failed, else 0.
    private func count(_ launch: GuestLaunch, _ tracer: Tracer, _ output: Int32) -> Int32 {
        launch.settle()
        let sink = TextSink(descriptor: output)
        sink.write(SummaryText(tracer: tracer, calls: calls, time: TraceTime(measuring: tracer.clock)).text)
        sink.flush()
        return sink.failure
    }

    /// Writes a line a call until the guest has ended.
    /// - Returns: the host's errno when that failed, else 0.
    private func write(_ launch: GuestLaunch, _ tracer: Tracer, _ output: Int32) -> Int32 {
        var options = StraceText.Options()
        options.timeStyle = timeStyle
        options.showsDuration = showsDuration
        options.stringLimit = stringLimit.bytes
        options.calls = calls
        let text = StraceText(options: options) { launch.guest.objectName($0) }
        let trace = LiveTrace(tracer: tracer, text: text, sink: TextSink(descriptor: output))
        trace.start()
        return trace.finish(launch.settle())
    }

    /// Losing nothing is what a trace is for; a summary needs no records at all.
    private var traceOptions: TraceOptions {
        var options = TraceOptions()
        options.stringLimit = stringLimit.bytes
        options.isLossless = !isSummary
        return options
    }

    private func openOutput() throws -> Int32 {
        guard let outputPath else { return STDERR_FILENO }
        let descriptor = outputPath.withCString { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666) }
        guard descriptor >= 0 else {
            throw Failure("the trace cannot be written", outputPath.description, errno: errno)
        }
        return descriptor
    }

    /// `-etrace=fd_read`: the parser takes a joined value with an equals sign for another option.
    static func normalize(_ options: [String]) -> [String] {
        options.flatMap { option in
            option.hasPrefix("-e") && option.count > 2 ? ["-e", String(option.dropFirst(2))] : [option]
        }
    }

    private var timeStyle: StraceLine.TimeStyle {
        if showsEpoch { return .epoch }
        if showsMicroseconds { return .clockMicroseconds }
        if showsSeconds { return .clock }
        return showsRelative ? .relative : .none
    }

    private static func parseCalls(_ text: String) throws -> CallSet {
        do {
            return try CallSet(parsing: text)
        } catch {
            throw ValidationError(error.message)
        }
    }
}

/// `-s`: at most what one record can hold.
struct StringLimit: ExpressibleByArgument {
    private static let most = 32_768
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        guard let bytes = Int(argument), (0...Self.most).contains(bytes) else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { String(bytes) }
}
