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

        /// One after the other, at once, and more than there may be: afterwards there is room again.
        @Test func manyProcessesLeaveNothingBehind() throws {
            func lines(_ arguments: String..., limit: Int = 1024) throws -> [Substring] {
                let guest = try Product.processGuest("swarm")
                let ours = try Product.call(["run", "--max-processes", "\(limit)", guest] + arguments)
                #expect(ours.status == 0, "\(ours.errors)")
                return ours.output.split(separator: "\n")
            }
            #expect(try lines("row", "300") == ["300 in a row"])
            #expect(try lines("once", "200") == ["200 at once"])
            #expect(try lines("bomb", limit: 40) == ["  the bomb: exit 9", "20 at once"])
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
