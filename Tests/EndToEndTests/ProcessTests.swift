import Differential
import Foundation
import Testing

extension AgainstNative {
    /// Guests that fork, jump, signal each other and start programs: one C source, run natively and by us.
    @Suite(.enabled(if: Product.has("processes/forks.wasm"), "binaryen is missing"))
    struct Processes {
        /// How a guest finds its own file, which it starts as another program.
        private static func ownFile(_ name: String) throws -> [String] {
            let folder = URL(fileURLWithPath: try Product.processGuest(name)).deletingLastPathComponent().path
            return ["--dir", "\(folder)::/guests::ro", "--argv0", "/guests/\(name).wasm"]
        }

        private static func run(_ name: String, in scratch: Scratch) throws -> Outcome {
            let grants = try ["--dir", "\(scratch.path)::/", "--cwd", "/"] + ownFile(name)
            return try Product.call(["run"] + grants + [Product.processGuest(name)])
        }

        @Test(arguments: ["jumps", "forks", "shares", "kills", "stops", "programs"])
        func guestPrintsWhatLinuxPrints(name: String) throws {
            let scratch = try Scratch()
            var native = try Command(Product.native("processes/\(name)"))
            native.directory = scratch.path
            let reference = try native.run()
            // Each begins with an empty directory.
            let ours = try Self.run(name, in: Scratch())
            #expect(ours.status == reference.status, "\(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, name)
        }

        /// The calls of older libcs.
        @Test func olderCallsDoWhatTheReferenceSays() throws {
            let ours = try Self.run("programs_old", in: Scratch())
            #expect(ours.status == 0, "\(ours.errors)")
            expectSameTranscript(ours.output, as: try Product.golden("programs_old"), "programs_old")
        }

        /// Children in a row, at once, killed in every state and in the middle of calls, and programs that are none: neither
        /// descriptors nor threads nor memory of the host's. `WASIX_TOP_LONG=1` has more of each, and prints the figures.
        @Test func manyProcessesLeaveNothingBehind() throws {
            let (small, large) = isLongForm ? (1000, 5000) : (33, 100)
            let orders =
                ["row=\(large)", "once=\(min(large, 500))"] + ["killed", "calls", "garbage"].map { "\($0)=\(small)" }
            let scratch = try Scratch()
            var native = try Command(Product.native("processes/remains"), ["/proc/self"] + orders, timeLimit: 600)
            native.directory = scratch.path
            expectSameTranscript(try Self.remains(orders), as: try native.run().output, "remains")
        }

        /// Children that take all the memory they can have, and one that forks until there is no process left.
        @Test func processesThatTakeAllLeaveNothingBehind() throws {
            let greedy = try Self.remains(["memory=5"], ["--max-memory", "64m"])
            #expect(greedy == "  ended: 5 of 5\n  ended: 5 of 5\nmemory=5: nothing is left\n")
            let bomb = try Self.remains(["bomb=14", "once=20"], ["--max-processes", "40"])
            #expect(
                bomb == """
                      the bomb: exit 9
                      the bomb: exit 9
                    bomb=14: nothing is left
                      ended: 20 of 20
                      ended: 20 of 20
                    once=20: nothing is left

                    """)
        }

        /// What the guest prints but for its figures.
        private static func remains(_ orders: [String], _ options: [String] = []) throws -> String {
            let scratch = try Scratch()
            let grants =
                try ["--net", "--dir", "\(scratch.path)::/", "--cwd", "/", "--dir", "/proc/self::/host::ro"]
                + ownFile("remains")
            let ours = try Product.call(
                ["run"] + options + grants + [Product.processGuest("remains"), "--figures", "/host"] + orders,
                timeLimit: 600)
            #expect(ours.status == 0, "\(ours.errors)")
            if isLongForm { print(ours.output) }
            let lines = ours.output.split(separator: "\n", omittingEmptySubsequences: false)
            let kept = lines.filter { !$0.hasPrefix("  descriptors ") }.joined(separator: "\n")
            if kept.contains("SOMETHING IS LEFT") { Issue.record("\(ours.output)") }
            return kept
        }

        /// Processes, and jumps. `make differential WALK=processes/family` walks further.
        @Test(arguments: [("family", 400), ("leaps", 100)])
        func randomWalksMatchLinux(name: String, steps: Int) throws {
            let comparison = Comparison(
                walk: "processes/\(name)", steps: steps, guests: try Product.guests(), runtime: Product.program,
                timeLimit: 60)
            for seed: UInt64 in 1...5 {
                if let report = try comparison.report(seed) { Issue.record("\(report)") }
            }
        }
    }
}
