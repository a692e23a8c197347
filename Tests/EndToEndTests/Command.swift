import Foundation

/// How a program ended and what it printed.
struct Outcome: Equatable {
    /// The exit status; 128 + n when signal n ended it; nil when it was still running at its time limit.
    let status: Int32?
    let output: String
    let errors: String
    let seconds: Double
}

/// A program to run to its end.
struct Command {
    var path: String
    var arguments: [String]
    var environment: [String: String] = [:]
    var directory: String?
    var input: String?
    /// Sent to the program one second after its start.
    var signal: Int32?
    var timeLimit: Double

    init(_ path: String, _ arguments: [String] = [], timeLimit: Double = 60) {
        self.path = path
        self.arguments = arguments
        self.timeLimit = timeLimit
    }

    /// Runs it; output goes through files, so that neither side ever waits for the other.
    func run() throws -> Outcome {
        let scratch = try Scratch()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(
            forReadingAtPath: input.map { try scratch.write($0, to: "in") } ?? "/dev/null")
        process.standardOutput = FileHandle(forWritingAtPath: try scratch.write("", to: "out"))
        process.standardError = FileHandle(forWritingAtPath: try scratch.write("", to: "err"))
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        let start = ContinuousClock.now
        // The test runner's threads block signals, and a child inherits that.
        var none = sigset_t()
        var masked = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &masked)
        defer { pthread_sigmask(SIG_SETMASK, &masked, nil) }
        try process.run()
        if let signal, ended.wait(timeout: .now() + 1) == .timedOut {
            kill(process.processIdentifier, signal)
        } else if signal != nil {
            ended.signal()
        }
        let isInTime = ended.wait(timeout: .now() + timeLimit) == .success
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        if !isInTime {
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
        return Outcome(
            status: isInTime ? status : nil, output: scratch.read("out") ?? "not UTF-8",
            errors: scratch.read("err") ?? "not UTF-8", seconds: seconds)
    }
}
