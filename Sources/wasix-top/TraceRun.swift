import Export
import Glibc
import Model
import Runtime
import Synchronization
import Trace
import WasixABI

/// One run of `trace` from the guest's start to its end, and who ended it.
final class TraceRun: Sendable {
    /// Why the run is over before the guest has come to an end of its own.
    enum Cause: Sendable, Equatable {
        /// The host's signal.
        case signal(Int32)
        case timeIsUp
        /// As many lines as were asked for.
        case full
        /// The trace cannot be written: the host's errno.
        case failed(Int32)
    }

    private let guest: Guest
    private let tracer: Tracer
    private let descriptor: Int32
    private let outputName: String
    /// Belongs to the thread that waits for the guest's end.
    private nonisolated(unsafe) let output: TraceOutput
    private let cause = Mutex<Cause?>(nil)
    /// What the threads waited for when a signal ended the run.
    private let reportLines = Mutex<[String]>([])
    private let reports: Bool

    /// - Parameter reports: when a signal ends the run, standard error says at its end what the threads waited for.
    init(_ guest: Guest, output: TraceOutput, tracer: Tracer, reports: Bool) {
        self.guest = guest
        self.output = output
        self.tracer = tracer
        self.reports = reports
        descriptor = output.descriptor
        outputName = output.name
    }

    /// Ends the run; only the first cause counts. Any thread.
    func end(_ new: Cause) {
        let isFirst = cause.withLock { cause in
            guard cause == nil else { return false }
            cause = new
            return true
        }
        guard isFirst else { return }
        // A reader that has gone is no failure: programs that write die of SIGPIPE without a word.
        if case .failed(let errno) = new, errno != EPIPE { report(errno) }
        if case .signal(let signal) = new {
            if reports, signal != SIGHUP {
                let lines = GuestReport.lines(guest)
                reportLines.withLock { $0 = lines }
            }
            guest.end(bySignal: UInt8(signal))
        } else {
            guest.terminate()
        }
    }

    private func report(_ errno: Int32) {
        Failure("the trace cannot be written", outputName, errno: errno).report()
    }

    private func start(_ launch: GuestLaunch) throws {
        do {
            try launch.start()
        } catch  where cause.withLock({ $0 }) != nil {
            // Ended before it began.
        }
    }

    /// Counts until the guest has ended, then writes the table.
    /// - Returns: the host's errno when that failed, else 0.
    func count(_ launch: GuestLaunch, _ calls: CallSet, clock: SummaryText.Clock) throws -> Int32 {
        try start(launch)
        launch.settle()
        let sink = TextSink(descriptor: descriptor)
        sink.write(
            SummaryText(tracer: tracer, calls: calls, clock: clock, time: TraceTime(measuring: tracer.clock)).text)
        sink.flush()
        output.finish()
        return sink.failure
    }

    /// Writes a line a call until the guest has ended.
    /// - Returns: the host's errno when that failed, else 0.
    func write(_ launch: GuestLaunch, _ format: any TraceFormat, limit: Int?) throws -> Int32 {
        let trace = LiveTrace(tracer: tracer, format: format, sink: TextSink(descriptor: descriptor), limit: limit) {
            [self] stop in
            switch stop {
            case .full: end(.full)
            case .failed(let errno): end(.failed(errno))
            }
        }
        trace.start()
        try start(launch)
        let state = launch.settle()
        // Who ends the trace ends the guest, which would have gone on.
        let isCutShort = cause.withLock { $0 == .timeIsUp || $0 == .full }
        let failure = trace.finish(isCutShort ? .running : state)
        output.finish()
        return failure
    }

    /// What the program exits with; nil when the guest's own end decides that.
    /// - Parameter failure: the host's errno when the last of the text could not be written, else 0.
    func status(_ failure: Int32) -> Int32? {
        switch cause.withLock({ $0 }) {
        case .signal(let signal):
            StandardError.write(lines: reportLines.withLock { $0 })
            HostSignals.die(of: signal)
        case .failed(EPIPE): HostSignals.die(of: SIGPIPE)
        case .failed: return ExitStatus.ownFailure
        case .timeIsUp, .full: return ExitStatus.success
        case nil: break
        }
        switch failure {
        case 0: return nil
        case EPIPE: HostSignals.die(of: SIGPIPE)
        default:
            report(failure)
            return ExitStatus.ownFailure
        }
    }
}
