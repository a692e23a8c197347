import Foundation
import Synchronization
import Testing

/// One run of `check`, and what it reported in its form for programs.
struct CheckRun {
    let outcome: Outcome
    let report: JsonValue

    /// - Parameter words: options, module and arguments.
    init(_ words: [String], environment: [String: String] = [:]) throws {
        let scratch = try Scratch()
        var command = Command(
            Product.program, ["check", "--format", "json", "-o", scratch.file("report")] + words, timeLimit: 240)
        command.environment = environment
        outcome = try command.run()
        guard let text = scratch.read("report"), !text.isEmpty else {
            throw NoReport(description: "no report of \(words): \(outcome.status ?? -1) \(outcome.errors)")
        }
        report = try JsonValue(parsing: text)
        if let problem = try JsonSchema(contentsOfFile: Product.root + "/assets/check.schema.json").problem(report) {
            throw NoReport(description: "\(problem) in \(text)")
        }
    }

    var findings: [JsonValue] { report["findings"]?.elements ?? [] }

    /// The names of the lints of which something was found.
    var lints: Set<String> { Set(findings.compactMap { $0["lint"]?.string }) }

    /// What was found, with the reasons, for messages.
    var text: String {
        let lines = findings.map { finding in
            let code = finding["code"]?.string ?? "", lint = finding["lint"]?.string ?? ""
            let facts = (finding["evidence"]?.elements ?? []).compactMap { $0["text"]?.string }
            return (["\(code) \(lint): \(finding["text"]?.string ?? "")"] + facts).joined(separator: "\n    ")
        }
        return (lines + [outcome.errors]).joined(separator: "\n")
    }
}

struct NoReport: Error, CustomStringConvertible {
    let description: String
}

/// Applies `body` to all elements, several at a time: for what mostly sleeps. In the order of the elements.
func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], atOnce most: Int = 16, _ body: @escaping @Sendable (Element) throws -> Result
) throws -> [Result] {
    let next = Atomic(0)
    let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: elements.count))
    let done = DispatchGroup()
    let work: @Sendable () -> Void = {
        while case let index = next.add(1, ordering: .relaxed).oldValue, index < elements.count {
            let result = Swift.Result { try body(elements[index]) }
            results.withLock { $0[index] = result }
        }
        done.leave()
    }
    for _ in 0..<min(most, elements.count) {
        done.enter()
        Thread.detachNewThread(work)
    }
    done.wait()
    return try results.withLock { try $0.map { try #require($0).get() } }
}
