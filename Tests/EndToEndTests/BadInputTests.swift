import Foundation
import Testing

extension EndToEnd {
    /// Things that are no guest: one line that says what is wrong and where, and the status that the README names.
    @Suite struct BadInput {
        private func expectRefusal(
            _ arguments: [String], status: Int32, naming words: String...,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let outcome = try Product.call(arguments)
            #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
            #expect(outcome.output == "", sourceLocation: sourceLocation)
            for word in words {
                #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
            }
        }

        @Test func missingFile() throws {
            try expectRefusal(["run", "/nowhere/guest.wasm"], status: 127, naming: "/nowhere/guest.wasm")
        }

        @Test func directory() throws {
            try expectRefusal(["run", "/usr"], status: 126, naming: "/usr")
        }

        @Test func emptyFile() throws {
            let scratch = try Scratch()
            try expectRefusal(["run", scratch.write("", to: "empty.wasm")], status: 126, naming: "empty.wasm")
        }

        @Test func notAModule() throws {
            let scratch = try Scratch()
            let path = try scratch.write("#!/bin/sh\necho no\n", to: "script.wasm")
            try expectRefusal(["run", path], status: 126, naming: "script.wasm")
        }

        @Test func nativeProgram() throws {
            try expectRefusal(["run", Product.native("hello")], status: 126, naming: "hello")
        }

        // Eight bytes are a module, an empty one.
        @Test(arguments: [4, 9, 100, 1000])
        func truncatedModule(length: Int) throws {
            let scratch = try Scratch()
            let whole = try Data(contentsOf: URL(fileURLWithPath: Product.guest("hello")))
            let path = try scratch.write(whole.prefix(length), to: "cut.wasm")
            try expectRefusal(["run", path], status: 126, naming: "cut.wasm")
        }

        @Test func unknownImportsAreAllNamed() throws {
            let scratch = try Scratch()
            let path = try scratch.write(
                """
                (module
                  (import "env" "first" (func))
                  (import "elsewhere" "second" (func (param i32)))
                  (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))
                  (import "env" "third" (global i32))
                  (func (export "_start")))
                """, to: "imports.wat")
            try expectRefusal(["run", path], status: 126, naming: "first", "second", "third")
            #expect(try !Product.call(["run", path]).errors.contains("fd_close"))
        }

        @Test func wrongImportType() throws {
            let scratch = try Scratch()
            let path = try scratch.write(
                """
                (module
                  (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))
                  (func (export "_start")))
                """, to: "types.wat")
            try expectRefusal(["run", path], status: 126, naming: "fd_close")
        }

        @Test func brokenText() throws {
            let scratch = try Scratch()
            try expectRefusal(
                ["run", scratch.write("(module (func", to: "broken.wat")], status: 126, naming: "broken.wat")
        }

        @Test(arguments: [["run"], ["run", "--no-such-option", "x.wasm"], ["trace", "-e", "no_such_call", "x.wasm"]])
        func usage(arguments: [String]) throws {
            let outcome = try Product.call(arguments)
            #expect(outcome.status == 64, "\(outcome.errors)")
        }

        @Test func inspectorWithoutATerminal() throws {
            let outcome = try Product.call([Product.guest("hello")])
            #expect(outcome.status == 125 || outcome.status == 64)
            #expect(outcome.errors.contains("terminal"))
        }
    }
}
