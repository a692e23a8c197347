import Foundation

/// Servers under load. The clients are the same native programs on both sides.
extension Rows {
    mutating func echo() throws {
        for connections in [1, 10, 50, 500] {
            let comparison = try sides.compare(
                ours: { try echoes(connections, sides.guest("serve", ["\(connections)"], options: ["--net"])) },
                native: { try echoes(connections, sides.native("serve", ["\(connections)"])) })
            table.row(
                "TCP echo, \(connections) connections", comparison, unit: "req/s", target: "0.9x native",
                isReached: comparison.ratio >= 0.9)
        }
    }

    mutating func http() throws {
        for connections in [100, 1_000] {
            let comparison = try sides.compare(
                ours: { try requests(connections, sides.guest("http", [], options: ["--net"])) },
                native: { try requests(connections, sides.native("http", [])) })
            table.row(
                "HTTP, \(connections) connections", comparison, unit: "req/s", target: "0.9x native",
                isReached: comparison.ratio >= 0.9)
        }
    }

    /// What a connection costs that says nothing, all that user memory holds for it.
    mutating func idle() throws {
        let connections = 10_000
        let comparison = try sides.compare(
            ours: { try residentBytes(connections, sides.guest("http", [], options: ["--net"])) },
            native: { try residentBytes(connections, sides.native("http", [])) })
        table.part("memory of an idle connection, of \(connections)", comparison, unit: "B")
        table.part("of it ours", comparison.ours - comparison.native, unit: "B")
    }

    /// Runs `body` with the port that `server` names in its first line; the server is ended if it fails.
    private func serving(_ server: Program, _ body: (_ running: Running, _ port: String) throws -> Double) throws
        -> Double
    {
        let running = try server.start()
        let port = running.line().split(separator: " ").last.map(String.init) ?? ""
        do {
            let value = try body(running, port)
            try running.finish()
            return value
        } catch {
            running.process.terminate()
            throw error
        }
    }

    /// Echoes a second.
    private func echoes(_ connections: Int, _ server: Program) throws -> Double {
        try serving(server) { _, port in
            try result(named: "load", in: sides.native("load", [port, "\(connections)", "100000"]).output())
        }
    }

    /// Answers a second.
    private func requests(_ connections: Int, _ server: Program) throws -> Double {
        try serving(server) { _, port in
            defer { quit(port) }
            let address = "http://127.0.0.1:\(port)/"
            let report = try Program("/usr/bin/wrk", ["-t1", "-c\(connections)", "-d2s", address]).output()
            guard !report.contains("errors"), !report.contains("Non-2xx") else { throw Failure(description: report) }
            for line in report.split(separator: "\n") where line.hasPrefix("Requests/sec:") {
                if let rate = line.split(separator: " ").last.flatMap({ Double($0) }) { return rate }
            }
            throw Failure(description: report)
        }
    }

    /// Bytes of the server's memory for each of so many connections.
    private func residentBytes(_ connections: Int, _ server: Program) throws -> Double {
        try serving(server) { running, port in
            defer { quit(port) }
            let before = try running.residentBytes()
            let input = Pipe()
            let crowd = try sides.native("crowd", [port, "\(connections)", "idle"]).start(input: input)
            guard crowd.line() == "holding \(connections)" else { throw Failure(description: "no crowd") }
            let after = try running.residentBytes()
            try input.fileHandleForWriting.close()
            try crowd.finish()
            return (after - before) / Double(connections)
        }
    }

    private func quit(_ port: String) { _ = try? sides.native("crowd", [port, "1", "quit"]).output() }
}
