import Foundation
import Testing

extension CommandForms {
    /// Standard streams that are closed when the program starts: nothing of ours takes their numbers.
    @Suite struct ClosedStreams {
        /// Reads a byte, writes one to each output, and ends with what each of the three said: 8 is BADF.
        private static let module = """
            (module
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $stat (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\\10\\00\\00\\00\\01\\00\\00\\00")
              (data (i32.const 16) "x")
              (func $bit (param $errno i32) (param $fd i32) (result i32)
                (if (i32.ne (call $stat (local.get $fd) (i32.const 64)) (local.get $errno)) (then unreachable))
                (i32.shl (i32.eq (local.get $errno) (i32.const 8)) (local.get $fd)))
              (func (export "_start")
                (call $exit (i32.add
                  (call $bit (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)) (i32.const 1))
                  (i32.add
                    (call $bit (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)) (i32.const 2))
                    (call $bit (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (i32.const 0)))))))
            """

        @Test(arguments: [("<&-", 1), (">&-", 2), ("2>&-", 4), ("<&- >&- 2>&-", 7), ("", 0)])
        func whatIsClosedIsClosedForTheGuest(closing: String, seen: Int32) throws {
            let scratch = try Scratch()
            let module = try scratch.write(Self.module, to: "module.wat")
            for command in ["run", "trace -o \(scratch.file("trace"))"] {
                let shell = "\(Product.program) \(command) \(module) \(closing)"
                let outcome = try Command("/bin/sh", ["-c", shell]).run()
                #expect(outcome.status == seen, "\(shell)")
            }
            let trace = try #require(scratch.read("trace"))
            #expect(trace.split(separator: "\n").allSatisfy { $0.contains("(") || $0.hasPrefix("+++") }, "\(trace)")
        }

        @Test func whatWeSayGoesNowhereThen() throws {
            let scratch = try Scratch()
            let trap = try scratch.write("(module (func (export \"_start\") unreachable))", to: "trap.wat")
            let shell = "\(Product.program) trace -o \(scratch.file("trace")) \(trap) 2>&-"
            let outcome = try Command("/bin/sh", ["-c", shell]).run()
            #expect(outcome.status == 134 && outcome.errors == "" && outcome.output == "")
            // The trace says in its own words how the guest ended; our message is not in it.
            #expect(scratch.read("trace")?.contains("wasix-top: error") == false)
        }
    }
}
