import Foundation
import Testing

/// The HTTP server guest (Tests/Guests/bench/http.c) under `wasix-top run` or another command, and what its process holds.
final class LoadServer {
    private let process = Process()
    private let output = Pipe()
    let port: String
    /// What it has open before anyone has come.
    private var atFirst = 0
    /// The most descriptors it has open without a connection: an epoll instance of its own and one of the host's for
    /// each thread come on top of what it starts with.
    private var mostWithoutConnections = 0

    /// - Parameters:
    ///   - trigger: `edge` or `level`.
    ///   - command: with options.
    init(threads: Int, _ trigger: String, under command: [String] = ["run"]) throws {
        process.executableURL = URL(fileURLWithPath: Product.program)
        process.arguments = command + ["--net", try Product.guest("http"), "\(threads)", trigger]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        port = try #require(String(decoding: line, as: UTF8.self).split(separator: " ").last.map(String.init))
        atFirst = descriptors
        mostWithoutConnections = atFirst + 2 * threads
    }

    deinit { if process.isRunning { process.terminate() } }

    var address: String { "http://127.0.0.1:\(port)/" }

    /// Loads it with so many connections until all are there, for so many seconds at least.
    func load(connections: Int, seconds: Int, sourceLocation: SourceLocation = #_sourceLocation) throws -> LoadReport {
        let load = try LoadGenerator(address, connections: connections)
        let isOver = load.wait(seconds: seconds)
        // Counted from the first: connections of clients that have just left are still among those of now.
        load.wait { descriptors >= atFirst + connections }
        #expect(!isOver, "wrk gave up", sourceLocation: sourceLocation)
        return try load.finish()
    }

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
    /// - Parameter most: how many descriptors were open when they were gone before.
    /// - Returns: how many are open now.
    @discardableResult
    func settle(atMost most: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation) -> Int {
        let most = most ?? mostWithoutConnections
        let deadline = ContinuousClock.now + .seconds(60)
        while descriptors > most, .now < deadline { usleep(10_000) }
        let left = descriptors
        #expect(left <= most, "descriptors are left", sourceLocation: sourceLocation)
        return left
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
