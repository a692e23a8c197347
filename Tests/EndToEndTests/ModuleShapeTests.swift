import Foundation
import Testing

extension CommandForms {
    /// What a module is made of decides how it is run, and with which status that ends (WasixABI.docc/EntryPoints,
    /// WasixABI.docc/Memory, WasixABI.docc/Namespaces, WasixABI.docc/Endings).
    @Suite struct ModuleShapes {
        struct Shape: Sendable, CustomTestStringConvertible {
            let name: String
            let text: String
            let status: Int32
            var options: [String] = []
            /// On standard error; nil for nothing there at all.
            var words: [String]?

            init(
                _ name: String, _ text: String, _ status: Int32, options: [String] = [], words: [String]? = nil
            ) {
                self.name = name
                self.text = text
                self.status = status
                self.options = options
                self.words = words
            }

            var testDescription: String { name }
        }

        private static let exit = #"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#
        private static let write =
            #"(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))"#
        /// Exits with the result of a write of no buffers, whose count goes to address 8.
        private static let writing =
            "(call $exit (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8)))"

        static let shapes: [Shape] = [
            // Entries
            Shape("command", "(module \(exit) (func (export \"_start\") (call $exit (i32.const 3))))", 3),
            Shape("command that returns", #"(module (func (export "_start")))"#, 0),
            Shape("reactor", "(module \(exit) (func (export \"_initialize\") (call $exit (i32.const 4))))", 4),
            Shape("reactor that returns", #"(module (func (export "_initialize")))"#, 0),
            Shape(
                "both entries",
                """
                (module \(exit) (func (export "_initialize") unreachable)
                  (func (export "_start") (call $exit (i32.const 5))))
                """, 5),
            Shape("no entry", "(module (func (export \"run\") unreachable))", 0, words: ["no _start"]),
            Shape("nothing at all", "(module)", 0, words: ["no _start"]),
            Shape(
                "no entry but a start function",
                "(module \(exit) (func $begin (call $exit (i32.const 6))) (start $begin))", 6),
            Shape(
                "an entry that cannot be called", #"(module (func (export "_start") (param i32)))"#, 126,
                words: ["_start"]),
            Shape(
                "an entry that is no function", #"(module (memory (export "_start") 1))"#, 126, words: ["_start"]),
            Shape(
                "a reactor's that cannot be called",
                #"(module (func (export "_initialize") (result i32) i32.const 0))"#,
                126, words: ["_initialize"]),
            // Start functions
            Shape(
                "a start function runs first",
                """
                (module \(exit) (global $n (mut i32) (i32.const 7)) (func $begin (global.set $n (i32.const 8)))
                  (start $begin) (func (export "_start") (call $exit (global.get $n))))
                """, 8),
            Shape(
                "a start function calls with its exported memory",
                """
                (module \(exit) \(write) (memory (export "memory") 1) (func $begin \(writing)) (start $begin)
                  (func (export "_start") unreachable))
                """, 0),
            Shape(
                "a start function that traps",
                #"(module (func $begin unreachable) (start $begin) (func (export "_start")))"#, 134,
                words: ["unreachable", "begin"]),
            // Memories
            Shape("no memory", "(module \(exit) \(write) (func (export \"_start\") \(writing)))", 21),
            Shape(
                "memory under another name",
                "(module \(exit) \(write) (memory (export \"mem\") 1) (func (export \"_start\") \(writing)))", 21),
            Shape(
                "memory that is a function",
                "(module \(exit) \(write) (func (export \"memory\")) (func (export \"_start\") \(writing)))", 21),
            Shape(
                "two memories",
                """
                (module \(exit) \(write) (memory 1) (memory (export "memory") 0)
                  (func (export "_start") \(writing)))
                """, 21),
            Shape(
                "the second memory is the exported one",
                """
                (module \(exit) \(write) (memory 0) (memory (export "memory") 1)
                  (func (export "_start") \(writing)))
                """, 0),
            Shape(
                "imported memory that is not shared",
                """
                (module \(exit) \(write) (import "env" "memory" (memory 1 3))
                  (func (export "_start")
                    (if (i32.ne (memory.grow (i32.const 2)) (i32.const 1)) (then unreachable))
                    (call $exit
                      (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 131072)))))
                """, 0),
            Shape(
                "shared memory, imported and exported again",
                """
                (module \(exit) \(write) (import "env" "memory" (memory 1 3 shared)) (export "memory" (memory 0))
                  (func (export "_start") \(writing)))
                """, 0),
            Shape(
                "imported memory below the limit",
                """
                (module \(exit) (import "env" "memory" (memory 1 9 shared))
                  (func (export "_start") (call $exit (memory.grow (i32.const 1)))))
                """, 1, options: ["--max-memory", "2M"]),
            Shape(
                "imported memory over the limit",
                #"(module (import "env" "memory" (memory 3 9 shared)) (func (export "_start")))"#, 126,
                options: ["--max-memory", "128K"], words: ["3 pages", "131072 bytes"]),
            Shape(
                "memory over the limit", #"(module (memory (export "memory") 3) (func (export "_start")))"#, 126,
                options: ["--max-memory", "128K"], words: ["3 pages", "131072 bytes"]),
            Shape(
                "memory that no host has", #"(module (memory i64 0x100000000) (func (export "_start")))"#, 126,
                words: ["memory"]),
            Shape(
                "two imported memories",
                """
                (module (import "env" "memory" (memory 1)) (import "env" "more" (memory 1))
                  (func (export "_start")))
                """, 126, words: ["env.more"]),
            // Imports
            Shape(
                "imports of every kind that we do not have",
                """
                (module (import "env" "f" (func)) (import "env" "g" (global i32)) (import "env" "t" (table 1 funcref))
                  (import "wasix_32v1" "bus_open_local" (func (param i32 i32 i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))
                  (import "wasi" "fd_close" (func (param i32) (result i32)))
                  (import "wasi_unstable" "sock_accept" (func (param i32 i32 i32) (result i32)))
                  (import "wasix_64v1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
                  (func (export "_start")))
                """, 126,
                words: [
                    "env.f", "env.g", "env.t", "wasix_32v1.bus_open_local", "wasi.fd_close",
                    "wasi_unstable.sock_accept", "wasix_64v1.fd_write (as another type)",
                ]),
            Shape(
                "the same import twice",
                """
                (module \(exit) (import "wasi_snapshot_preview1" "proc_exit" (func $again (param i32)))
                  (import "wasi_unstable" "proc_exit" (func $old (param i32)))
                  (func (export "_start") (call $again (i32.const 9))))
                """, 9),
            // Text
            Shape(
                "text with an error", "(module\n  (func (export \"_start\") i32.ad))", 126,
                words: ["shape.wat", "line 2:27"]),
            Shape(
                "text that is no valid code", "(module (func (export \"_start\") i32.add))", 126,
                words: ["type mismatch"]),
            Shape("text that ends early", "(module (func", 126, words: ["shape.wat"]),
        ]

        @Test(arguments: shapes)
        func endsAsItShould(_ shape: Shape) throws {
            let scratch = try Scratch()
            let path = try scratch.write(shape.text, to: "shape.wat")
            let outcome = try Product.call(["run"] + shape.options + [path])
            #expect(outcome.status == shape.status, "\(outcome.errors)")
            #expect(outcome.output == "")
            for word in shape.words ?? [] { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
            if shape.words == nil { #expect(outcome.errors == "") }
            if shape.status == 126 || shape.status == 0 {
                #expect(outcome.errors.split(separator: "\n").count == (shape.words == nil ? 0 : 1), "one line")
            }
        }
    }
}
