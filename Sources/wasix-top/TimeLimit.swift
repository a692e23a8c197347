import ArgumentParser
import CLinux

/// `--timeout` of the commands that run a guest without a screen. It begins with the program, as that of timeout(1).
struct TimeLimit: ParsableArguments {
    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp("End the guest after that time, as 10s; exit status 124.", valueName: "DURATION"))
    var duration: TimeSpan?

    /// CLOCK_MONOTONIC nanoseconds; to be asked once, at the start.
    var deadline: UInt64 { duration.map { cl_monotonic_ns() &+ $0.nanoseconds } ?? .max }

    /// - Parameter state: what happened then.
    func failure(_ state: String) -> Failure {
        Failure("time limit of \(duration?.text ?? "none") reached: \(state)", status: ExitStatus.timeLimit)
    }
}
