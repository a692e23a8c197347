import Foundation
import Testing

extension CommandForms {
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

        @Test func filesThatCannotBeRunYetAreNamed() throws {
            let scratch = try Scratch()
            func refuse(_ bytes: [UInt8], _ words: String, _ location: SourceLocation = #_sourceLocation) throws {
                let path = try scratch.write(Data(bytes), to: "file")
                let outcome = try Product.call(["run", path])
                #expect(outcome.status == 126, sourceLocation: location)
                #expect(outcome.errors == "wasix-top: error: \(path): \(words)\n", sourceLocation: location)
            }
            try refuse(
                [0x00] + Array("webc001".utf8) + [1, 2, 3],
                "a webc package of version 001: versions 002 and 003 can be run")
            try refuse(
                [0x00, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], "a WebAssembly component: only core modules can be run")
            try refuse(
                Array(ModuleBytes.module(importing: [("env", Array("puts".utf8))], custom: ["dylink.0"])),
                "a dynamically linked module that imports no memory")
            // try ... catch_all ... end
            try refuse(
                Array(ModuleBytes.module(entry: [0, 0x06, 0x40, 0x19, 0x0b, 0x0b])),
                "it uses legacy exceptions: convert it with 'wasm-opt --translate-to-exnref'")
            try refuse(Array("#!/bin/sh\n".utf8), "not a WebAssembly module: a script")
        }

        @Test func brokenText() throws {
            let scratch = try Scratch()
            try expectRefusal(
                ["run", scratch.write("(module (func", to: "broken.wat")], status: 126, naming: "broken.wat")
        }

        @Test(arguments: [
            ["run"], ["run", "--no-such-option", "x.wasm"], ["trace", "-e", "%no_such_family", "x.wasm"],
        ])
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
