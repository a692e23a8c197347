import Foundation
import Testing

/// The load generator wrk at work. It ends when it is told to, for nobody knows how long a busy machine takes to get
/// somewhere; then it reports as at the end of its time.
final class LoadGenerator {
    private static let program = "/usr/bin/wrk"
    static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: program) }

    private let running: RunningCommand

    init(_ address: String, connections: Int) throws {
        running = try Command(
            Self.program, ["-t1", "-c\(connections)", "-d11m", "--timeout", "60s", address], timeLimit: 600
        ).start()
    }

    /// - Returns: whether it has ended by itself, which it should not.
    func wait(seconds: Int) -> Bool { running.wait(seconds: Double(seconds)) }

    func wait(until isSo: () -> Bool) { running.wait { _ in isSo() } }

    func finish() throws -> LoadReport {
        // A signal that comes between its connections and its sleep does not end the sleep: once is not enough.
        running.send(SIGINT)
        for _ in 0..<300 where !running.wait(seconds: 0.2) { running.send(SIGINT) }
        return LoadReport(try running.outcome())
    }
}

/// What wrk found.
struct LoadReport {
    let text: String
    let requests: Int
    let requestsASecond: Double

    init(_ outcome: Outcome) {
        text = outcome.output + outcome.errors
        let words = text.split(whereSeparator: \.isWhitespace)
        let total = words.firstIndex { $0 == "requests" }.map { words[words.index(before: $0)] }
        let rate = words.firstIndex { $0 == "Requests/sec:" }.map { words[words.index(after: $0)] }
        requests = total.flatMap { Int($0) } ?? 0
        requestsASecond = rate.flatMap { Double($0) } ?? 0
    }

    /// wrk names connections that failed, answers that were none and answers that came too late, and else says nothing.
    var isClean: Bool { requests > 0 && !text.contains("Socket errors") && !text.contains("Non-2xx") }
}
