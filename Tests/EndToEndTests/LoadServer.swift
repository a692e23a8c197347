import Foundation
import Testing

/// The HTTP server guest (Tests/Guests/bench/http.c) under `wasix-top run`, and what its process holds.
final class LoadServer {
    private let process = Process()
    private let output = Pipe()
    let port: String
    /// The most descriptors it has open without a connection: an epoll instance of its own and one of the host's for
    /// each thread come on top of what it starts with.
    private var mostWithoutConnections = 0

    /// - Parameter trigger: `edge` or `level`.
    init(threads: Int, _ trigger: String) throws {
        process.executableURL = URL(fileURLWithPath: Product.program)
        process.arguments = ["run", "--net", try Product.guest("http"), "\(threads)", trigger]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        port = try #require(String(decoding: line, as: UTF8.self).split(separator: " ").last.map(String.init))
        mostWithoutConnections = descriptors + 2 * threads
    }

    deinit { if process.isRunning { process.terminate() } }

    var address: String { "http://127.0.0.1:\(port)/" }

    /// Host descriptors that the process has open.
    var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count) ?? 0
    }

    /// KiB of memory that the process has in use.
    var residentKilobytes: Int {
        let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// Waits until all connections are gone: the server hears of their end a little later.
    /// - Returns: how many descriptors are open then.
    func settle(sourceLocation: SourceLocation = #_sourceLocation) -> Int {
        let deadline = ContinuousClock.now + .seconds(20)
        while descriptors > mostWithoutConnections, .now < deadline { usleep(10_000) }
        #expect(descriptors <= mostWithoutConnections, "descriptors are left", sourceLocation: sourceLocation)
        return descriptors
    }

    /// Runs `crowd`, which must find nothing wrong.
    func meet(_ count: Int, _ way: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let crowd = try Command(Product.native("crowd"), [port, "\(count)", way], timeLimit: 120).run()
        #expect(
            crowd.status == 0 && crowd.output.hasSuffix("crowd \(count) clients\n"), "\(way): \(crowd.output)",
            sourceLocation: sourceLocation)
    }

    /// Asks the server to end, and takes its word on how many requests it answered.
    func quit(sourceLocation: SourceLocation = #_sourceLocation) throws -> Int {
        try meet(1, "quit", sourceLocation: sourceLocation)
        let rest = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(
            process.terminationReason == .exit && process.terminationStatus == 0, sourceLocation: sourceLocation)
        return try #require(rest.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }
}

/// What the load generator wrk found.
struct LoadReport {
    let text: String
    let requests: Int
    let requestsASecond: Double

    static let generator = "/usr/bin/wrk"
    static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: generator) }

    init(_ address: String, connections: Int, seconds: Int) throws {
        let outcome = try Command(
            Self.generator, ["-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "10s", address],
            timeLimit: Double(seconds) + 60
        ).run()
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
