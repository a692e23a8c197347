import ArgumentParser
import CLinux
import Diagnosis
import Export
import Glibc
import Kernel
import Model
import Runtime
import Synchronization
import Trace

struct CheckCommand: GuestCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Run a module and report what is wrong with its waiting.",
        usage: "wasix-top check [OPTIONS] MODULE [ARG...]",
        discussion: """
            The report goes to standard error; standard output stays the guest's own. Exit status 0: nothing that is denied \
            was found, 1: something was, 2: the check could not be made. The guest's own status is in the report. SIGINT, \
            SIGTERM, SIGHUP and SIGQUIT end the guest and the check; what was found until then is reported.
            """,
        version: Program.version)

    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")],
        help: ArgumentHelp(
            "Write the report to a file, or with a bar in front to a command.", valueName: "FILE|'|CMD'"),
        completion: .file())
    var outputPath: ByteString?
    @Option(help: ArgumentHelp("The report's form: text, json or sarif.", valueName: "FORMAT"))
    var format = CheckReport.Format.text
    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp("End the guest after that time, as 10s, and report.", valueName: "DURATION"))
    var duration: TimeSpan?
    @OptionGroup var stacks: StackOptions
    @OptionGroup(title: "Lints") var levels: LintLevels
    @OptionGroup(title: "Guest options") var guest: GuestArguments

    func run(arguments: [ByteString]) throws -> Int32 {
        do {
            return try check(arguments)
        } catch let failure as Failure {
            failure.report()
            return ExitStatus.checkFailed
        }
    }

    private func check(_ arguments: [ByteString]) throws -> Int32 {
        let deadline = duration.map { cl_monotonic_ns() &+ $0.nanoseconds } ?? .max
        let output = try TraceOutput(outputPath, for: "report")
        let tracer = Tracer(options: stacks.traceOptions)
        let options = try guest.options(arguments, stdio: .inherited(input: guest.standardInput))
        guard let guest = try GuestLoader(options, tracer: tracer).guest(until: deadline) else {
            throw Failure("time limit reached: the module was still being loaded")
        }
        let launch = GuestLaunch(guest)
        HostSignals.take { signal in if let signal { guest.end(bySignal: UInt8(signal)) } }
        let off = Set(Lint.all.lazy.filter { levels.level(of: $0) == nil }.map(\.id))
        let examiner = LiveExaminer(Examiner(off: off))
        let inspector = Inspector(source: LiveSource(tracer: tracer, guest: guest)) {
            for wish in examiner.take($0).wishes { tracer.keepStack(wish) }
        }
        inspector.start()
        try launch.start()
        let isTimedOut = guest.wait(until: deadline) == .running
        // What shows up while it is being ended is not its fault.
        var found = examiner.found
        var last = examiner.latest
        if isTimedOut { guest.terminate() }
        let end = launch.settle()
        inspector.stop()
        if !isTimedOut { (found, last) = (examiner.found, examiner.latest) }
        let report = self.report(found, last, end, isTimedOut)
        let sink = TextSink(descriptor: output.descriptor)
        if isTimedOut, format == .text { sink.write(ReportText(last).threadLines.map { $0 + "\n" }.joined()) }
        sink.write(report.text(format))
        sink.flush()
        let taken = output.finish()
        guard sink.failure == 0 else {
            throw Failure("the report cannot be written", output.name, errno: sink.failure)
        }
        guard taken == 0 else { throw Failure("the report was not taken (\(output.name): exit status \(taken))") }
        return report.isFailed ? ExitStatus.found : ExitStatus.success
    }

    private func report(
        _ found: [Finding], _ last: ExaminedState, _ end: GuestState, _ isTimedOut: Bool
    ) -> CheckReport {
        let findings = found.compactMap { finding in levels.level(of: finding.lint).map { (finding, $0) } }
        return CheckReport(
            version: Program.number, module: guest.module.description, guest: end, isTimedOut: isTimedOut,
            uptime: last.model.uptime, now: last.model.now, findings: findings)
    }
}

extension CheckReport.Format: ExpressibleByArgument {}
