import ArgumentParser
import CLinux

/// A time as people write it: `10`, `10s`, `500ms`, `2m`, `1h`; a number alone is seconds.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let nanoseconds: UInt64
    /// As it was written.
    let text: String

    init?(argument: String) {
        let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit: Double
        switch argument.dropFirst(number.count) {
        case "ms": unit = 1e6
        case "", "s": unit = 1e9
        case "m", "min": unit = 60e9
        case "h": unit = 3600e9
        default: return nil
        }
        guard let count = Double(number), count > 0, count * unit >= 1, count * unit < 9e18 else { return nil }
        nanoseconds = UInt64(count * unit)
        text = argument
    }
}

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
