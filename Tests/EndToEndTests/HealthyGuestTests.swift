import Foundation
import Testing

extension Explained {
    /// Programs with nothing wrong: no lint finds anything, however odd what they do looks.
    @Suite struct HealthyGuests {
        private struct Healthy: Sendable {
            let path: String
            var options: [String] = []
            var arguments: [String] = []
            var status: Int64 = 0
            var environment: [String: String] = [:]
        }

        private func expectNothingFound(_ healthy: [Healthy]) throws {
            let runs = try concurrently(healthy, atOnce: 4) { one in
                let scratch = try Scratch()
                let grants = ["--deny", "all", "--dir", scratch.path + "::/"]
                return try CheckRun(grants + one.options + [one.path] + one.arguments, environment: one.environment)
            }
            for (one, run) in zip(healthy, runs) {
                #expect(run.findings.isEmpty && run.outcome.status == 0, "\(one.path):\n\(run.text)")
                #expect(run.report["guest"]?["code"]?.integer == one.status, "\(one.path): \(run.report)")
            }
        }

        @Test func theDemosThatServe() throws {
            // Steps that are shorter than what a half-read edge must hold: a longer one is a fault, and is what it shows.
            try expectNothingFound([
                Healthy(path: Product.guest("echo"), options: ["--net"], arguments: ["6"]),
                Healthy(path: Product.guest("lt-vs-et"), arguments: ["2000", "1"]),
            ])
        }

        /// They do everything once and in every order, and look at what comes. Not `dialect`, whose user data the C library
        /// would rewrite, as a finding says of one that is looked at meanwhile.
        @Test func theConformancePrograms() throws {
            let alone = ["trigger", "identity", "waiting", "poll", "edges", "unstable", "strings", "hello"]
            let connected = ["network", "unix", "datagram", "inet6", "listener"]
            try expectNothingFound(
                alone.map { Healthy(path: try Product.guest($0)) }
                    + connected.map { Healthy(path: try Product.guest($0), options: ["--net"]) }
                    + [
                        Healthy(path: Product.guest("relay"), arguments: ["300"]),
                        Healthy(path: Product.guest("steady"), arguments: ["3"]),
                    ])
        }

        @Test func programsOfOtherToolchains() throws {
            let names = ["c", "cpp", "rust", "tokio", "zig", "go"].filter { Product.has("toolchains/\($0).wasm") }
            try expectNothingFound(
                names.map { name in
                    Healthy(
                        path: try Product.toolchain(name + ".wasm"), options: ["--env", "GREETING=good morning"],
                        arguments: ["3", "word", "two words", ""], status: 3)
                })
        }

        /// Under load, among clients that are slow, hang up hard or come in storms, and at rest between them.
        @Test(.enabled(if: LoadGenerator.isPossible), arguments: [(1, "edge"), (3, "level")])
        func aServerUnderLoad(threads: Int, trigger: String) throws {
            let scratch = try Scratch()
            let server = try LoadServer(
                threads: threads, trigger,
                under: ["check", "--deny", "all", "--format", "json", "-o", scratch.file("report")])
            let first = try server.load(connections: 100, seconds: 3)
            try server.meet(20, "slow")
            try server.meet(500, "reset")
            try server.meet(1000, "storm")
            try server.meet(200, "idle")
            let last = try server.load(connections: 500, seconds: 2)
            #expect(first.isClean && last.isClean, "\(first.text)\(last.text)")
            server.settle()
            _ = try server.quit()
            let report = try JsonValue(parsing: try #require(scratch.read("report")))
            #expect(report["findings"] == [], "\(report)")
            #expect(report["failed"] == false && report["guest"]?["code"] == 0)
        }
    }
}
