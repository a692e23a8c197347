import Foundation
import Testing

extension Explained {
    /// The guests of Tests/Guests/lints: each shows what the lint of its name is about, and something harmless that looks
    /// like it.
    @Suite struct Lints {
        private struct Example: Sendable {
            let name: String
            /// Lints that may be found beside its own: its first comment says `also: NAME`.
            let also: Set<String>
            let needsNetwork: Bool
            let hasNative: Bool

            init(file: String) throws {
                let text = try String(contentsOfFile: "\(Example.directory)/\(file)", encoding: .utf8)
                let comment = text.components(separatedBy: "*/")[0]
                name = String(file.dropLast(2))
                also = Set(comment.matches(of: #/also: ([a-z-]+)/#).map { String($0.1) })
                needsNetwork = comment.contains("--net")
                hasNative = !comment.contains("wasm only")
            }

            static let directory = Product.root + "/Tests/Guests/lints"

            static func all() throws -> [Example] {
                try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".c") }.sorted()
                    .map { try Example(file: $0) }
            }

            func check(_ options: [String], _ mode: String) throws -> CheckRun {
                try CheckRun(
                    options + (needsNetwork ? ["--net"] : []) + [try Product.guest("lints/\(name)"), mode])
            }
        }

        /// A machine that is busy makes threads late, and that looks like a guest that is.
        private static let timing: Set = ["slow-handler", "blocking-call-in-loop"]

        @Test func everyLintHasAnExample() throws {
            let listed = try Product.call(["lints"]).output.split(separator: "\n").dropLast()
            let names = listed.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
            #expect(Set(names) == Set(try Example.all().map(\.name)))
        }

        @Test func everyFaultIsFoundAndNothingElse() throws {
            let examples = try Example.all()
            let runs = try concurrently(examples) { try $0.check(["--deny", "all", "--timeout", "9s"], "fire") }
            for (example, first) in zip(examples, runs) {
                // On a machine that had no time for it among so many it is looked at once more, alone and for longer.
                let isFound = first.lints.contains(example.name)
                let run = isFound ? first : try example.check(["--deny", "all", "--timeout", "30s"], "fire")
                #expect(run.lints.contains(example.name), "\(example.name) is not found:\n\(run.text)")
                let others = run.lints.subtracting(example.also.union(Self.timing)).subtracting([example.name])
                #expect(others.isEmpty, "\(example.name): \(others)\n\(run.text)")
                #expect(run.outcome.status == 1, "\(example.name): \(run.text)")
            }
        }

        @Test func nothingIsFoundWhereNothingIsWrong() throws {
            let examples = try Example.all()
            // Fewer at once than processors can be late for, and each with all the time it takes.
            let runs = try concurrently(examples, atOnce: 8) { try $0.check(["--deny", "all"], "guard") }
            for (example, run) in zip(examples, runs) {
                #expect(run.lints.isSubset(of: Self.timing), "\(example.name):\n\(run.text)")
                #expect(run.report["guest"]?["state"] == "exited" && run.report["guest"]?["code"] == 0)
                #expect(run.outcome.status == (run.lints.isEmpty ? 0 : 1), "\(example.name): \(run.text)")
            }
        }

        /// Of the lints that a busy machine might add.
        @Test(arguments: Self.timing.sorted()) func nothingIsFoundOfASlowBeginning(name: String) throws {
            let run = try Example(file: name + ".c").check(["--deny", "all"], "guard")
            #expect(run.lints.isEmpty && run.outcome.status == 0, "\(run.text)")
        }

        /// The same programs on Linux: what is harmless ends well.
        @Test func theHarmlessOnesEndNatively() throws {
            let examples = try Example.all().filter(\.hasNative)
            let outcomes = try concurrently(examples) { example in
                try Command(Product.native("lints/\(example.name)"), ["guard"]).run()
            }
            for (example, outcome) in zip(examples, outcomes) {
                #expect(outcome.status == 0, "\(example.name): \(outcome.output)\(outcome.errors)")
            }
        }

        /// Nothing ends these, here as there: they are given longer than any of the others takes.
        @Test func theOnesThatHangHangNatively() throws {
            let names = [
                "all-blocked", "et-not-drained", "guest-built-without-waker", "lost-wakeup", "nothing-can-wake",
                "oneshot-not-rearmed", "self-pipe-full", "wait-cycle", "write-end-still-open",
            ]
            let outcomes = try concurrently(names) { name in
                try Command(Product.native("lints/\(name)"), ["fire"], timeLimit: 8).run()
            }
            for (name, outcome) in zip(names, outcomes) { #expect(outcome.status == nil, "\(name)") }
        }
    }
}
