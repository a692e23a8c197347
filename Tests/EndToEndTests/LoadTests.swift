import Foundation
import Testing

extension EndToEnd {
    /// A server guest under load: no error, no request without an answer, nothing left behind.
    ///
    /// `WASIX_TOP_LOAD_SECONDS=60` loads it that long for each number of connections; a normal run takes two seconds.
    @Suite struct Load {
        private static let environment = ProcessInfo.processInfo.environment
        private static let seconds = environment["WASIX_TOP_LOAD_SECONDS"].flatMap { Int($0) } ?? 2

        /// What a process may grow by that serves the same load again: the allocators' own unrest.
        private static let tolerance = 1024

        @Test(
            .enabled(if: LoadGenerator.isPossible),
            arguments: [(1, 1, "edge"), (100, 1, "level"), (1000, 1, "edge"), (1000, 3, "level")])
        func everyRequestIsAnswered(connections: Int, threads: Int, trigger: String) throws {
            let server = try LoadServer(threads: threads, trigger)
            // The first load brings the process to its size.
            let first = try server.load(connections: connections, seconds: 1)
            let descriptors = server.settle()
            let kilobytes = server.residentKilobytes

            let report = try server.load(connections: connections, seconds: Self.seconds)
            #expect(first.isClean && report.isClean, "\(first.text)\(report.text)")
            server.settle(atMost: descriptors)
            let growth = server.residentKilobytes - kilobytes
            #expect(growth <= Self.tolerance, "\(growth) KiB after \(report.requests) requests")
            #expect(try server.quit() >= first.requests + report.requests)
            print(connections, threads, trigger, "\(report.requestsASecond) requests/s, grown by \(growth) KiB")
        }

        @Test(arguments: [(1, "edge"), (3, "level")])
        func hardClientsAreServed(threads: Int, trigger: String) throws {
            let server = try LoadServer(threads: threads, trigger)
            func meetAll(leaving descriptors: Int? = nil) throws -> Int {
                try server.meet(20, "slow")
                try server.meet(500, "reset")
                try server.meet(5000, "storm")
                try server.meet(2000, "idle")
                return server.settle(atMost: descriptors)
            }
            let descriptors = try meetAll()
            // On a busy machine fewer may have been there at once the first time. What leaks grows every time.
            var growth = Int.max
            for _ in 0..<3 where growth > Self.tolerance {
                let kilobytes = server.residentKilobytes
                _ = try meetAll(leaving: descriptors)
                growth = server.residentKilobytes - kilobytes
            }
            #expect(growth <= Self.tolerance, "\(growth) KiB")
            _ = try server.quit()
        }

        /// The screen answers while a thousand clients are served, and none of them notices.
        @Test(.enabled(if: LoadGenerator.isPossible))
        func inspectorAndGuestDoNotHinderEachOther() throws {
            let tmux = try Tmux(
                Tmux.quote([Product.program, "--net", Product.guest("http")]), columns: 120, rows: 40)
            try tmux.press("8")
            let lines = try tmux.wait(for: "the guest's port") { $0.contains { $0.contains("port ") } }
            let line = try #require(lines.first { $0.contains("port ") })
            let port = try #require(line.components(separatedBy: "port ").last).prefix { $0.isNumber }
            try tmux.press("Escape")
            try tmux.wait(forText: "4 Trace")

            let load = try LoadGenerator("http://127.0.0.1:\(port)/", connections: 1000)
            try tmux.wait(for: "a thousand connections") { lines in
                lines.contains { $0.contains("1001 items") } && lines.contains { $0.contains("fd 1005") }
            }
            try tmux.press("6")
            try tmux.wait(for: "the counts of the calls") { $0.contains { $0.contains("fd_write") } }
            try tmux.press("?")
            try tmux.wait(forText: "Keys in")
            try tmux.press("Escape")
            try tmux.press("Escape")
            try tmux.wait(forText: "4 Trace")

            let report = try load.finish()
            #expect(report.isClean, "\(report.text)")
            print("inspected: \(report.requestsASecond) requests/s")
            try tmux.wait(for: "the end of all connections") { $0.contains { $0.contains("fd 5 ") } }
            try tmux.press("Q")
        }
    }
}
