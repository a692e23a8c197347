import Foundation
import Testing

extension CommandForms {
    /// What a module calls its things reaches the terminal as text: nothing that a terminal obeys, and no more than fits.
    @Suite struct GuestNames {
        private static let evil = Array("\u{1b}]0;OWNED\u{7}\u{1b}[31mred\u{9b}32m\u{202e}bidi\r\nover".utf8)
        private static let shown = #"\e]0;OWNED\x07\e[31mred\x9b32m\u{202e}bidi\r\nover"#

        /// Runs it, and answers the lines on standard error.
        private func errors(_ words: [String], _ module: Data, status: Int32) throws -> [String] {
            let scratch = try Scratch()
            let path = try scratch.write(module, to: "m.wasm")
            let outcome = try Product.call(words + [path])
            #expect(outcome.status == status)
            let isSafe = outcome.errors.unicodeScalars.allSatisfy {
                $0 == "\n" || ($0.properties.generalCategory != .control && $0.properties.generalCategory != .format)
            }
            #expect(isSafe, "\(outcome.errors)")
            return outcome.errors.split(separator: "\n").map(String.init)
        }

        @Test func ofAnImport() throws {
            let module = ModuleBytes.module(importing: [("wasi_snapshot_preview1", Self.evil)])
            let lines = try errors(["run"], module, status: 126)
            #expect(lines.count == 1)
            #expect(lines[0].hasSuffix("imports we do not have: wasi_snapshot_preview1.\(Self.shown)"))
        }

        @Test(arguments: ["run", "trace"]) func ofAFunctionThatTrapped(word: String) throws {
            let module = ModuleBytes.module(functionNames: [0: Self.evil], entry: [0, 0, 0x0b])
            let lines = try errors([word], module, status: 134)
            #expect(lines.last?.hasPrefix("  #0 \(Self.shown) (module offset 0x") == true, "\(lines)")
        }

        @Test func longOnesAreCut() throws {
            let long = [UInt8](repeating: UInt8(ascii: "A"), count: 1_000_000)
            let trap = try errors(
                ["run"], ModuleBytes.module(functionNames: [0: long], entry: [0, 0, 0x0b]), status: 134)
            #expect(trap.allSatisfy { $0.utf8.count < 400 })
            let unknown = try errors(["run"], ModuleBytes.module(importing: [("env", long)]), status: 126)
            #expect(unknown.allSatisfy { $0.utf8.count < 400 })
        }

        @Test func allOfManyUnknownImportsAreNamed() throws {
            let imports = (0..<200).map { (module: "env", name: Array("function_\($0)".utf8)) }
            let line = try errors(["run"], ModuleBytes.module(importing: imports), status: 126)[0]
            #expect((0..<200).allSatisfy { line.contains("env.function_\($0)") })
        }

        @Test func ofAFile() throws {
            let outcome = try Product.call(["run", "/nowhere/\u{1b}[31m\nx"])
            #expect(outcome.errors == "wasix-top: error: /nowhere/\\e[31m\\nx: No such file or directory\n")
        }

        @Test func inTheInspectorAfterwards() throws {
            let scratch = try Scratch()
            let module = ModuleBytes.module(functionNames: [0: Self.evil], entry: [0, 0, 0x0b])
            let path = try scratch.write(module, to: "m.wasm")
            let tmux = try Tmux(
                "sh -c '\(Product.program) \(path); echo back $?; sleep 600'", columns: 100, rows: 24)
            try tmux.wait(forText: "unreachable")
            try tmux.press("q")
            let lines = try tmux.wait(forText: "back 134")
            #expect(lines.contains { $0.contains("#0 \(Self.shown)") }, "\(lines)")
        }

        @Test func anOffsetThatNobodyKnowsIsNotTold() throws {
            let scratch = try Scratch()
            let path = try scratch.write(
                "(module (memory (export \"memory\") 1) (func $f (export \"_start\") call $f))", to: "deep.wat")
            let outcome = try Product.call(["run", path])
            #expect(outcome.status == 134)
            #expect(outcome.errors.contains("#0 f\n") || outcome.errors.contains("#0 f (module offset 0x"))
            #expect(!outcome.errors.contains("0x-"), "\(outcome.errors)")
        }
    }
}
