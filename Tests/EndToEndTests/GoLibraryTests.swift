import Foundation
import Testing

extension AgainstNative {
    /// The tests of the package os of Go's own standard library, run natively and as a guest. They skip by themselves what their authors
    /// found that WASI cannot do.
    @Suite(.enabled(if: Product.has("toolchains/gotest/wasm/os.test", "toolchains/gotest/native/os.test"), "no Go"))
    struct GoLibrary {
        private enum Verdict: String { case pass = "PASS", fail = "FAIL", skip = "SKIP" }

        /// The verdicts of a verbose run, by the names of the tests.
        private static func verdicts(_ output: String) -> [String: Verdict] {
            var found: [String: Verdict] = [:]
            for line in output.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 4, words[0] == "---", let verdict = Verdict(rawValue: String(words[1].dropLast()))
                else { continue }
                found[String(words[2])] = verdict
            }
            return found
        }

        @Test func testsPassAsNatively() throws {
            let root = Product.root + "/.deps/go/go"
            let options = ["-test.short", "-test.v"]
            let scratch = try Scratch()
            let environment = ["GOROOT": root, "TMPDIR": scratch.path]

            var native = Command(try Product.toolchain("gotest/native/os.test"), options, timeLimit: 300)
            native.directory = "\(root)/src/os"
            native.environment = environment
            let reference = Self.verdicts(try native.run().output)

            // As Go itself runs such tests: the whole tree, and the working directory by its name.
            let settings = environment.merging(["PWD": "\(root)/src/os"]) { $1 }
            var guest = Command(
                Product.program,
                ["run", "--dir", "/"] + settings.flatMap { ["--env", "\($0)=\($1)"] }
                    + [try Product.toolchain("gotest/wasm/os.test")] + options, timeLimit: 600)
            guest.directory = native.directory
            let outcome = try guest.run()
            let ours = Self.verdicts(outcome.output)

            #expect(outcome.status == 0, "\(outcome.output.suffix(2000)) \(outcome.errors)")
            #expect(ours.values.count { $0 == .pass } >= 140)
            for (test, verdict) in ours where verdict != .skip && reference[test] != .skip {
                #expect(verdict == reference[test], "\(test)")
            }
        }
    }
}
