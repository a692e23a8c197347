import Differential
import Foundation
import Testing

extension AgainstNative {
    /// The acceptance scenarios and the random walk: one C source, run natively and by us.
    @Suite struct Scenarios {
        @Test(arguments: [
            "trigger", "identity", "waiting", "signals", "network", "listener", "datagram", "inet6", "unix", "edges",
        ])
        func guestPrintsWhatLinuxPrints(name: String) throws {
            let scratch = try Scratch()
            var native = try Command(Product.native(name))
            native.directory = scratch.path
            let reference = try native.run()
            #expect(reference.status == 0)
            // Each begins with an empty directory.
            let own = try Scratch()
            let grants = ["--net", "--dir", own.path, "--cwd", own.path]
            let ours = try Product.call(["run"] + grants + [Product.guest(name)])
            #expect(ours.status == 0, "\(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, name)
        }

        @Test(arguments: ["dialect", "poll", "unstable"])
        func guestPrintsWhatTheReferenceSays(name: String) throws {
            let scratch = try Scratch()
            let ours = try Product.call(["run", "--dir", scratch.path, Product.guest(name)])
            #expect(ours.status == 0, "\(ours.errors)")
            expectSameTranscript(ours.output, as: try Product.golden(name), name)
        }

        /// WasixABI.docc/AcceptanceScenarios, by the numbers in the transcripts; 20 is one of those of `Processes`.
        @Test func everyAcceptanceScenarioIsThere() throws {
            let scratch = try Scratch()
            var text = try ["dialect", "poll"].map { try Product.golden($0) }.joined()
            for name in ["trigger", "identity", "waiting", "signals", "network"] {
                var native = try Command(Product.native(name))
                native.directory = scratch.path
                text += try native.run().output
            }
            let numbers = text.split(separator: "\n").compactMap { line in
                line.split(separator: ".", maxSplits: 1).first.flatMap { Int($0) }
            }
            #expect(Set(numbers) == Set(1...22).subtracting([20]))
        }

        /// `make differential` walks further; `WASIX_TOP_WALKS=100` walks that many seeds here.
        @Test(arguments: ["walk", "files"]) func randomWalksMatchLinux(name: String) throws {
            let wanted = ProcessInfo.processInfo.environment["WASIX_TOP_WALKS"].flatMap { UInt64($0) } ?? 5
            let comparison = Comparison(
                walk: name, steps: 2000, guests: try Product.guests(), runtime: Product.program, timeLimit: 60)
            for seed in 1...wanted {
                // The host works on packets when it comes to it: what differs once alone is its doing.
                guard try comparison.report(seed) != nil, let again = try comparison.report(seed) else { continue }
                Issue.record("\(again)")
            }
        }
    }
}
